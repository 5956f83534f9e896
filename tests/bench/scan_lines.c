/* scan_lines KERNEL FILE PATH...: what the line scan says of each line of FILE: "blank", "rejected
   BYTE REASON", or "record" and OFFSET:LENGTH:KIND:FLAGS in the line for each slot. */
#include "scan_input.h"

#include <stdio.h>

static void print_record(const struct json_line *line, size_t slot_count)
{
    fputs("record", stdout);
    for (size_t i = 0; i < slot_count; i++) {
        const struct json_slice *slot = &line->slots[i];
        long offset = slot->kind == JSON_ABSENT ? 0 : (long)(slot->text - line->text);
        printf(" %ld:%u:%d:%d", offset, slot->length, slot->kind, slot->flags);
    }
    putchar('\n');
}

static void print_lines(struct json_scanner *scanner, const struct input *input,
                        struct json_slice *slots, size_t slot_count)
{
    const char *limit = input->bytes + input->length;
    struct json_line line = {.slots = slots};
    for (const char *at = input->bytes; at < limit; at = line.next) {
        switch (json_scan_line(scanner, at, limit, &line)) {
        case SCAN_RECORD:
            print_record(&line, slot_count);
            break;
        case SCAN_BLANK:
            puts("blank");
            break;
        case SCAN_REJECTED:
            printf("rejected %u %s\n", line.error_byte, line.reason);
            break;
        }
    }
}

int main(int argc, char **argv)
{
    struct input input = {0};
    if (argc < 3 || !input_read(&input, argv[2]))
        return 3;
    struct json_projection *projection = json_projection_new();
    for (int i = 3; i < argc; i++)
        projection_add_path(projection, argv[i]);
    size_t slot_count = json_projection_slots(projection);
    struct json_slice *slots = calloc(slot_count, sizeof *slots);
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    bool known = slots && json_scanner_use(scanner, argv[1]);
    if (known)
        print_lines(scanner, &input, slots, slot_count);
    json_scanner_free(scanner);
    json_projection_free(projection);
    free(slots);
    free(input.bytes);
    return !known ? 2 : ferror(stdout) || fclose(stdout) != 0 ? 3 : 0;
}
