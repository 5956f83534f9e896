#ifndef SQL_ROW_READER_H
#define SQL_ROW_READER_H

#include "cli/diagnostics.h"
#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"
#include "sql/row_batch.h"
#include "sql/sql_table.h"
#include "sql/sql_value.h"

#include <stdbool.h>

/* From the JSON values of a record to a row of the batch. */
struct row_reader {
    const struct sql_table *table;
    struct sql_value *values; /* one per column */
    struct text_buffer identity;
    struct text_buffer guard;
    struct text_buffer body;
};

void row_reader_init(struct row_reader *reader, const struct sql_table *table);
void row_reader_free(struct row_reader *reader);

/* Adds the row to the batch. A retract needs its key and guard only. false: *reason is the kind of
   the rejection ("column", "key", "guard"; static) and *error says more. */
bool row_reader_add(struct row_reader *reader, const struct json_slice *values, bool retract,
                    struct scratch *scratch, struct row_batch *batch, const char **reason,
                    struct error_text *error);

#endif
