#ifndef NDJSON_JSON_KERNEL_H
#define NDJSON_JSON_KERNEL_H

#include "ndjson/json_scan.h"
#include "ndjson/json_shape.h"
#include "ndjson/json_tokens.h"

#include <stdbool.h>

/* What stands between json_scan_line() and the instruction sets. */

struct json_kernel {
    const char *name;
    bool (*runs_here)(void);
    /* Sets line->length and next. True: a valid record, slots filled. False: blank, rejected, or
       beyond this kernel; the portable kernel shall say which. */
    bool (*accept)(struct json_scanner *scanner, const char *limit, struct json_line *line);
};

struct json_scanner {
    const struct json_kernel *kernel;
    const struct json_projection *projection;
    const struct json_node *nodes;
    enum json_utf8 utf8;
    uint32_t slot_count;
    struct json_tokens tokens;
    struct json_shapes shapes;
};

/* What finding the tokens found out besides. */
struct json_findings {
    bool broken; /* a raw control character in a string, an open string, a bad escape */
    bool backslash;
    bool unicode; /* a \u escape, not yet checked */
    bool high;    /* a byte above 0x7F, not yet checked */
};

/* The checks that few lines need; false: the line is not valid. */
bool json_kernel_check_rest(const struct json_scanner *scanner, const struct json_line *line,
                            const struct json_findings *findings);

/* Validates by walking, fills the slots, and may learn the line's shape. */
bool json_kernel_walk(struct json_scanner *scanner, const struct json_line *line,
                      const struct json_findings *findings);

/* Fastest first; the last one runs everywhere. */
extern const struct json_kernel *const json_kernels[];
extern const size_t json_kernel_count;

#if defined(__x86_64__)
extern const struct json_kernel json_kernel_avx512;
extern const struct json_kernel json_kernel_avx2;
extern const struct json_kernel json_kernel_sse2;
#endif
extern const struct json_kernel json_kernel_portable;

#endif
