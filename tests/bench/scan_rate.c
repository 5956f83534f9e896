/* scan_rate [-k KERNEL] [-n ROUNDS] [-w] [-r] FILE PATH...: scans all lines of FILE again and
   again, wanting the paths (.a.b, .a[0]), and prints the best round. The bytes lie in memory; with
   -r each round reads them from the file, as a tool with one thread does. -w: without the shortcut
   for known layouts. */
#include "ndjson/byte_source.h"
#include "scan_input.h"

#include <stdio.h>
#include <time.h>

struct tally {
    size_t records;
    size_t rejected;
    size_t wanted_bytes; /* keeps the slots from being optimised away */
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void scan_lines(struct json_scanner *scanner, const char *at, const char *limit,
                       struct json_slice *slots, size_t slot_count, struct tally *tally)
{
    struct json_line line = {.slots = slots};
    for (; at < limit; at = line.next) {
        enum scan_status status = json_scan_line(scanner, at, limit, &line);
        tally->rejected += status == SCAN_REJECTED;
        tally->records += status == SCAN_RECORD;
        for (size_t i = 1; status == SCAN_RECORD && i < slot_count; i++)
            tally->wanted_bytes += slots[i].length;
    }
}

static bool scan_file(struct json_scanner *scanner, const char *name, struct json_slice *slots,
                      size_t slot_count, struct tally *tally)
{
    struct byte_source source;
    struct error_text error;
    enum byte_status status;
    if (!byte_source_open(&source, name, UINT64_MAX / 2, &error))
        return false;
    while ((status = byte_source_fill(&source, true)) == BYTES_LINES) {
        scan_lines(scanner, source.line, source.limit, slots, slot_count, tally);
        byte_source_take(&source, source.limit);
    }
    byte_source_close(&source);
    return status == BYTES_END;
}

static void measure(struct json_scanner *scanner, const struct input *input, const char *name,
                    size_t slot_count, int rounds)
{
    struct json_slice *slots = calloc(slot_count, sizeof *slots);
    struct tally tally = {0};
    double best = 1e9;
    for (int i = 0; slots && i < rounds; i++) {
        double start = seconds();
        tally = (struct tally){0};
        if (name == NULL)
            scan_lines(scanner, input->bytes, input->bytes + input->length, slots, slot_count,
                       &tally);
        else if (!scan_file(scanner, name, slots, slot_count, &tally))
            perror(name);
        double taken = seconds() - start;
        best = taken < best ? taken : best;
    }
    printf("%s: %.2f GB/s, %.2f M records/s (%zu records, %zu rejected, %zu bytes wanted)\n",
           json_scanner_kernel(scanner), (double)input->length / best * 1e-9,
           (double)tally.records / best * 1e-6, tally.records, tally.rejected, tally.wanted_bytes);
    free(slots);
}

static int run(const char *name, char **paths, const char *kernel, int rounds, bool speculate,
               bool reading)
{
    struct input input = {0};
    if (!input_read(&input, name)) {
        perror(name);
        return 3;
    }
    struct json_projection *projection = json_projection_new();
    for (; *paths; paths++)
        projection_add_path(projection, *paths);
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    json_scanner_speculate(scanner, speculate);
    bool known = json_scanner_use(scanner, kernel);
    if (known)
        measure(scanner, &input, reading ? name : NULL, json_projection_slots(projection), rounds);
    else
        fprintf(stderr, "scan_rate: no kernel %s here\n", kernel);
    json_scanner_free(scanner);
    json_projection_free(projection);
    free(input.bytes);
    return known ? 0 : 2;
}

int main(int argc, char **argv)
{
    const char *kernel = NULL;
    int rounds = 10;
    bool speculate = true;
    bool reading = false;
    for (int letter; (letter = getopt(argc, argv, "k:n:wr")) != -1;) {
        if (letter == 'k')
            kernel = optarg;
        else if (letter == 'n')
            rounds = atoi(optarg);
        else if (letter == 'w')
            speculate = false;
        else if (letter == 'r')
            reading = true;
        else
            return 2;
    }
    if (optind == argc) {
        fputs("usage: scan_rate [-k KERNEL] [-n ROUNDS] [-w] [-r] FILE PATH...\n", stderr);
        return 2;
    }
    return run(argv[optind], argv + optind + 1, kernel, rounds, speculate, reading);
}
