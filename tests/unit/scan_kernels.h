#ifndef SCAN_KERNELS_H
#define SCAN_KERNELS_H

/* For tests of the line scan: every kernel with and without the shortcut for known layouts, side by
   side on the same bytes, which end at a page that faults. */
#include "ndjson/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { SCAN_VARIANTS = 6, SCAN_PAGES = 1 << 18, SCAN_SLOTS = 64 };

struct scan_kernels {
    struct json_projection *projection;
    struct json_scanner *scanner[SCAN_VARIANTS]; /* NULL: not on this machine */
    struct json_scanner *portable;
    char *pages;
    char *end; /* faults from here on */
};

static inline struct scan_kernels scan_kernels_open(struct json_projection *projection,
                                                    enum json_utf8 utf8)
{
    static const char *const names[] = {"avx512", "avx2", "sse2"};
    struct scan_kernels kernels = {.projection = projection};
    for (int i = 0; i < SCAN_VARIANTS; i++) {
        struct json_scanner *scanner = json_scanner_new(projection, utf8);
        json_scanner_speculate(scanner, i % 2 == 0);
        if (json_scanner_use(scanner, names[i / 2]))
            kernels.scanner[i] = scanner;
        else
            json_scanner_free(scanner);
    }
    kernels.portable = json_scanner_new(projection, utf8);
    assert_true(json_scanner_use(kernels.portable, "portable"));
    kernels.pages = mmap(NULL, SCAN_PAGES + 4096, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(kernels.pages, MAP_FAILED);
    kernels.end = kernels.pages + SCAN_PAGES;
    assert_int_equal(mprotect(kernels.end, 4096, PROT_NONE), 0);
    return kernels;
}

static inline void scan_kernels_close(struct scan_kernels *kernels)
{
    for (int i = 0; i < SCAN_VARIANTS; i++)
        json_scanner_free(kernels->scanner[i]);
    json_scanner_free(kernels->portable);
    json_projection_free(kernels->projection);
    munmap(kernels->pages, SCAN_PAGES + 4096);
}

static inline void assert_same_line(const struct json_line *line, const struct json_line *expected,
                                    size_t slots, enum scan_status status)
{
    assert_int_equal(line->length, expected->length);
    assert_ptr_equal(line->next, expected->next);
    if (status == SCAN_REJECTED) {
        assert_string_equal(line->reason, expected->reason);
        assert_int_equal(line->error_byte, expected->error_byte);
    }
    for (size_t i = 0; i < slots && status == SCAN_RECORD; i++) {
        assert_int_equal(line->slots[i].kind, expected->slots[i].kind);
        assert_int_equal(line->slots[i].flags, expected->slots[i].flags);
        assert_int_equal(line->slots[i].length, expected->slots[i].length);
        assert_ptr_equal(line->slots[i].text, expected->slots[i].text);
    }
}

/* Scans the line at `at` with every kernel and fails the test if one differs from the portable one,
   whose answer is in *line. */
static inline enum scan_status scan_kernels_line(struct scan_kernels *kernels, const char *at,
                                                 const char *limit, struct json_line *line)
{
    struct json_slice slots[SCAN_SLOTS];
    struct json_line other = {.slots = slots};
    size_t count = json_projection_slots(kernels->projection);
    enum scan_status status = json_scan_line(kernels->portable, at, limit, line);
    for (int i = 0; i < SCAN_VARIANTS; i++) {
        if (!kernels->scanner[i])
            continue;
        memset(slots, 0xA5, sizeof slots);
        assert_int_equal(json_scan_line(kernels->scanner[i], at, limit, &other), status);
        assert_same_line(&other, line, count, status);
    }
    return status;
}

/* Copies the bytes to where JSON_PADDING bytes of `filler` are all that is left before the fault.
 */
static inline const char *scan_kernels_place(struct scan_kernels *kernels, const void *bytes,
                                             size_t length, char filler)
{
    char *at = kernels->end - JSON_PADDING - length;
    memcpy(at, bytes, length);
    memset(at + length, filler, JSON_PADDING);
    return at;
}

/* The projection of these paths: ".a.b", ".a[0]"; "" is the root. Slots count from 1. */
static inline struct json_projection *projection_of(const char *const *paths, size_t count)
{
    struct json_projection *projection = json_projection_new();
    for (size_t i = 0; i < count; i++) {
        struct json_step steps[8];
        size_t used = 0;
        for (const char *at = paths[i]; *at;) {
            int index = *at++ == '[';
            size_t length = strcspn(at, index ? "]" : ".[");
            steps[used++] = index ? (struct json_step){.index = (uint32_t)strtoul(at, NULL, 10)}
                                  : (struct json_step){.name = at, .length = length};
            at += length + (size_t)index;
        }
        json_projection_add(projection, steps, used);
    }
    return projection;
}

#endif
