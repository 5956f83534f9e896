#ifndef EXPRESSION_TABLE_ROWS_H
#define EXPRESSION_TABLE_ROWS_H

#include "cli/diagnostics.h"
#include "ndjson/json_key.h"
#include "ndjson/scratch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The rows of one NDJSON file by key. Starts zeroed. */
struct table_rows {
    struct table_row **slots; /* open addressing; a power of two of them */
    size_t capacity;
    struct scratch memory; /* the rows */
    uint64_t count;
    uint64_t duplicates;
    uint64_t bytes;
};

void table_rows_free(struct table_rows *rows);

/* Reads a file (plain or zstd), whose rows have the key that the expression `key` says. false: a
   line that is no JSON object, has no key, or one that is an object; the expression is refused; or
   the file cannot be read (*missing). */
bool table_rows_read(struct table_rows *rows, const char *file, const char *key, bool *missing,
                     struct error_text *error);

/* The row, an object; JSON_NULL = none. */
struct json_slice table_rows_find(const struct table_rows *rows, const struct json_key *key);

#endif
