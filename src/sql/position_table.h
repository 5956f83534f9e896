#ifndef SQL_POSITION_TABLE_H
#define SQL_POSITION_TABLE_H

#include "ndjson/text_buffer.h"
#include "sql/sql_dialect.h"
#include "stream/moved_position.h"

#include <stdbool.h>

/* --position-table: how far each input was consumed, in the same database as the rows and by the
   same transactions. One row per file (device and inode) or Kafka partition, and target table. */
struct position_table {
    const struct sql_dialect *dialect;
    const char *name;   /* checked; NULL = there is none, and nothing else may be called */
    const char *target; /* checked: the table that the rows go to */
};

/* Appends CREATE TABLE ...; (with IF NOT EXISTS unless `bare`) and LF. */
void position_table_write_create(const struct position_table *table, bool bare,
                                 struct text_buffer *out);

/* Appends what the session needs before the first position: the table, and the fence. */
void position_table_write_opening(const struct position_table *table, struct text_buffer *out);

/* Appends the statements that put a position in the place of the one before it. The fence: they
   fail, and with them the transaction, if another one is there. So two runs that write at a time,
   or one that did not begin where the last one ended, add nothing twice. */
void position_table_write(const struct position_table *table, const struct moved_position *moved,
                          struct text_buffer *out);

/* Appends a whole script that makes the client print the positions for --resume-from. It waits for
   a transaction that is being committed, whose writer may be gone already. */
void position_table_write_query(const struct position_table *table, struct text_buffer *out);

#endif
