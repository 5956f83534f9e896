/* Lines of arbitrary bytes: all kernels must agree with the portable one. */
#include "ndjson/json_scan.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4, KERNELS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(struct json_scanner *scanner[KERNELS], const char *at, const char *limit)
{
    static struct json_slice slots[KERNELS][SLOTS];
    static struct json_line line[KERNELS];
    for (; at < limit; at = line[0].next) {
        enum scan_status status[KERNELS];
        for (int i = 0; i < KERNELS; i++) {
            line[i] = (struct json_line){.slots = slots[i]};
            status[i] = json_scan_line(scanner[i], at, limit, &line[i]);
            if (status[i] != status[0] || line[i].next != line[0].next ||
                line[i].length != line[0].length || line[i].error_byte != line[0].error_byte ||
                (status[0] == SCAN_RECORD && memcmp(slots[i], slots[0], sizeof slots[0]) != 0))
                abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[KERNELS] = {"portable", "sse2", "avx2", "avx512"};
    static const struct json_step steps[] = {{.name = "a", .length = 1},
                                             {.name = "b", .length = 1}};
    static struct json_scanner *scanner[KERNELS];
    if (!scanner[0]) {
        struct json_projection *projection = json_projection_new();
        json_projection_add(projection, steps, 2);
        json_projection_add(projection, (struct json_step[]){steps[0], {.index = 1}}, 2);
        for (int i = 0; i < KERNELS; i++)
            json_scanner_use(scanner[i] = json_scanner_new(projection, JSON_UTF8_CHECKED),
                             names[i]);
    }
    char *copy = malloc(size + JSON_PADDING);
    memcpy(copy, data, size);
    memset(copy + size, size ? copy[size / 2] : 0, JSON_PADDING);
    compare(scanner, copy, copy + size);
    free(copy);
    return 0;
}
