/* scan_rate [-k KERNEL] [-n ROUNDS] [-w] FILE PATH...: scans all lines of FILE again and again,
   wanting the paths (.a.b, .a[0]), and prints the best round. -w: without the shortcut for known
   layouts. */
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

static struct tally scan_all(struct json_scanner *scanner, const struct input *input,
                             struct json_slice *slots, size_t slot_count)
{
    struct tally tally = {0};
    struct json_line line = {.slots = slots};
    const char *limit = input->bytes + input->length;
    for (const char *at = input->bytes; at < limit; at = line.next) {
        enum scan_status status = json_scan_line(scanner, at, limit, &line);
        tally.rejected += status == SCAN_REJECTED;
        tally.records += status == SCAN_RECORD;
        for (size_t i = 1; status == SCAN_RECORD && i < slot_count; i++)
            tally.wanted_bytes += slots[i].length;
    }
    return tally;
}

static void measure(struct json_scanner *scanner, const struct input *input, size_t slot_count,
                    int rounds)
{
    struct json_slice *slots = calloc(slot_count, sizeof *slots);
    struct tally tally = {0};
    double best = 1e9;
    for (int i = 0; slots && i < rounds; i++) {
        double start = seconds();
        tally = scan_all(scanner, input, slots, slot_count);
        double taken = seconds() - start;
        best = taken < best ? taken : best;
    }
    printf("%s: %.2f GB/s, %.2f M records/s (%zu records, %zu rejected, %zu bytes wanted)\n",
           json_scanner_kernel(scanner), (double)input->length / best * 1e-9,
           (double)tally.records / best * 1e-6, tally.records, tally.rejected, tally.wanted_bytes);
    free(slots);
}

static int run(const char *name, char **paths, const char *kernel, int rounds, bool speculate)
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
        measure(scanner, &input, json_projection_slots(projection), rounds);
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
    for (int letter; (letter = getopt(argc, argv, "k:n:w")) != -1;) {
        if (letter == 'k')
            kernel = optarg;
        else if (letter == 'n')
            rounds = atoi(optarg);
        else if (letter == 'w')
            speculate = false;
        else
            return 2;
    }
    if (optind == argc) {
        fputs("usage: scan_rate [-k KERNEL] [-n ROUNDS] [-w] FILE PATH...\n", stderr);
        return 2;
    }
    return run(argv[optind], argv + optind + 1, kernel, rounds, speculate);
}
