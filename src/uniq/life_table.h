#ifndef UNIQ_LIFE_TABLE_H
#define UNIQ_LIFE_TABLE_H

#include "ndjson/json_key.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lives of keys, found by fingerprint: an extendible hash table. The leading bits of a mark choose
   a page, an array with linear probing; a page that is full drops the lives that are over, grows,
   or is split in two, so no insertion ever moves more than one page. The columns that nobody asked
   for take no memory. */
enum { LIFE_PAGE_SLOTS = 4096 };

struct life_page {
    uint32_t capacity; /* slots, a power of two */
    uint32_t count;    /* slots in use */
    uint32_t depth;    /* leading bits that its marks share */
    struct key_fingerprint *marks;
    int64_t *firsts;
    int64_t *lasts;   /* the same as firsts unless the table has this column */
    uint64_t *places; /* NULL unless the table has this column */
    char memory[];
};

struct life_table {
    struct life_page **pages; /* 2^depth, several may be the same page */
    uint32_t depth;
    bool has_last;
    bool has_place;
    int64_t past; /* lives whose last is not greater are over */
    uint64_t count;
    uint64_t bytes;
};

void life_table_init(struct life_table *table, bool has_last, bool has_place);
void life_table_free(struct life_table *table);

/* A slot of a page: valid until the next life_table_add(). */
struct life {
    struct life_page *page;
    uint32_t slot;
};

/* The first life of this mark, and the next; false: there is none. Lives that are over may be among
   them. */
bool life_table_find(const struct life_table *table, const struct key_fingerprint *mark,
                     struct life *life);
bool life_table_next(const struct key_fingerprint *mark, struct life *life);

/* A life from `first` to `last`, which are the same unless the table has the column. */
void life_table_add(struct life_table *table, const struct key_fingerprint *mark, int64_t first,
                    int64_t last, uint64_t place);

/* For so many lives in a table that has none yet: pages are not split one by one as it fills. */
void life_table_reserve(struct life_table *table, uint64_t lives);

void life_table_prefetch(const struct life_table *table, const struct key_fingerprint *mark);
/* Brings near what life_table_prefetch() reads itself: some lives before it. */
void life_table_prefetch_page(const struct life_table *table, const struct key_fingerprint *mark);

/* Bytes per slot. */
size_t life_table_slot_size(const struct life_table *table);

#endif
