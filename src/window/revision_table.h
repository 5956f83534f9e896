#ifndef WINDOW_REVISION_TABLE_H
#define WINDOW_REVISION_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* What has been written of each result that may be written again. Starts zeroed. */
struct revision {
    int64_t end;      /* of the window, units */
    uint64_t version; /* of the state that was written last */
    uint32_t key;
    unsigned number : 31; /* results written so far; 0 = a free place */
    unsigned noted : 1;   /* in the journal, for the next snapshot */
};

#define REVISION_LARGEST UINT32_C(0x7FFFFFFF)

struct revision_table {
    struct revision *places;
    size_t place_count; /* a power of two, or 0 */
    size_t count;
};

/* What was written of a key's window; NULL = nothing. */
struct revision *revision_table_find(const struct revision_table *table, uint32_t key, int64_t end);
/* Notes that a result of that version is written: its number goes up, from 1. Valid until the next
   change of the table. */
struct revision *revision_table_write(struct revision_table *table, uint32_t key, int64_t end,
                                      uint64_t version);
/* Puts a revision in, in the place of one of the same key and end. */
void revision_table_put(struct revision_table *table, struct revision revision);
void revision_table_remove(struct revision_table *table, uint32_t key, int64_t end);
void revision_table_free(struct revision_table *table);

#endif
