#ifndef NDJSON_JSON_SCAN_H
#define NDJSON_JSON_SCAN_H

#include "ndjson/json_projection.h"
#include "ndjson/json_slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One pass over a line: finds its end, validates all of it against RFC 8259 (one object, UTF-8,
   depth <= JSON_MAX_DEPTH, no lone surrogate escape), returns a slice per wanted path, builds no
   tree and allocates nothing per line. A member on a wanted path that stands twice in its object
   rejects the line. AVX-512, AVX2, SSE2 and portable kernels give identical results. A rejected
   line has no influence on the lines after it: LF ends a line, also inside a string. */

enum { JSON_MAX_DEPTH = 128, JSON_PADDING = 64 };

enum scan_status {
    SCAN_RECORD,
    SCAN_BLANK, /* nothing but white space */
    SCAN_REJECTED
};

struct json_line {
    const char *text; /* first byte of the line */
    uint32_t length;  /* without LF, CRLF */
    const char *next; /* first byte of the next line */
    struct json_slice
        *slots; /* caller's array, json_projection_slots() long; written by the scan */
    /* When rejected: */
    const char *reason;  /* static: "invalid JSON: ...", "invalid UTF-8", "not an object",
                            "member stands twice", "nested deeper than 128", "truncated", ... */
    uint32_t error_byte; /* 1-based position in the line; length + 1: something is missing there */
};

struct json_scanner;

/* Whether bytes that are not UTF-8 reject a line. JSON_UTF8_UNCHECKED is for envelopes only (kcat
   passes a producer's bytes through); what is taken out of them is checked afterwards. */
enum json_utf8 { JSON_UTF8_CHECKED, JSON_UTF8_UNCHECKED };

/* The projection must not change afterwards and must outlive the scanner. */
struct json_scanner *json_scanner_new(const struct json_projection *projection,
                                      enum json_utf8 utf8);
void json_scanner_free(struct json_scanner *scanner);

/* Scans the line that starts at `at`. A line ends at LF or at `limit` (then it is the input's last
   line); the caller sees to it that a complete line is there. JSON_PADDING bytes behind `limit`
   must be readable; what they hold has no influence. Never reads further than that. On
   SCAN_REJECTED the slots are undefined; text, length and next are right in every case. line->slots
   must be set before the call. */
enum scan_status json_scan_line(struct json_scanner *scanner, const char *at, const char *limit,
                                struct json_line *line);

/* The kernel in use: "avx512", "avx2", "sse2" or "portable"; the fastest that the CPU has unless
   json_scanner_use() chose another. NULL restores that choice; false: unknown or not on this CPU,
   nothing changed. For tests and benchmarks. */
const char *json_scanner_kernel(const struct json_scanner *scanner);
bool json_scanner_use(struct json_scanner *scanner, const char *kernel);

/* Whether lines laid out like an earlier one take a shortcut (on unless switched off here). The
   results are the same. For tests and benchmarks. */
void json_scanner_speculate(struct json_scanner *scanner, bool speculate);

#endif
