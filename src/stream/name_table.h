#ifndef STREAM_NAME_TABLE_H
#define STREAM_NAME_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* Names (any bytes) numbered from 0 in the order of first sight: partitions, streams. For thousands
   of them, not millions. Starts zeroed. */
struct name_table {
    struct name_entry {
        char *bytes;
        size_t length;
    } * entries;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1; 0 = free; a power of two of them */
    size_t slot_count;
    size_t latest; /* what was found last, looked at first */
};

void name_table_free(struct name_table *table);

/* The name's number; SIZE_MAX if it is not there. */
size_t name_table_find(struct name_table *table, const char *bytes, size_t length);

/* The name's number, a new one if need be. Copies the bytes. */
size_t name_table_put(struct name_table *table, const char *bytes, size_t length);

/* Gives the name of that number to another one, which must be new. */
void name_table_rename(struct name_table *table, size_t index, const char *bytes, size_t length);

#endif
