#ifndef STATE_KEY_INDEX_H
#define STATE_KEY_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From a key's hash to a place: 8 bytes per key at a load of 0.64 to 0.9.

   Slots hold 26 bits of hash (the tag) and 38 bits of place; the caller tells keys of equal tag
   apart. The table is cut by the leading bits of the tag into pages, each an array with linear
   probing kept in order of tags: a search ends at the first larger tag, and growing is one pass
   over one page. So no insertion ever moves more than a page. A page that is full drops the places
   that the owner calls stale before it grows, so nobody need remove keys one by one as they expire.
 */
enum { INDEX_PLACE_BITS = 38, INDEX_TAG_BITS = 26 };
#define INDEX_PLACE_MASK ((UINT64_C(1) << INDEX_PLACE_BITS) - 1)

/* Moves those slots to the front, in order, whose place still means something to the owner; returns
   how many they are. */
typedef uint32_t index_filter(const void *owner, uint64_t *slots, uint32_t count);

struct index_page {
    uint32_t capacity; /* slots that a tag can be at home in */
    uint32_t limit;    /* entries at which it is full */
    uint32_t count;    /* entries, stale ones included */
    uint32_t end;      /* slots in all; the last one is always empty */
    uint32_t depth;    /* leading bits that its tags share */
    uint64_t slots[];
};

struct key_index {
    struct index_page **pages; /* 2^depth, several may be the same page */
    uint32_t depth;
    uint32_t swept; /* the next page that key_index_sweep looks at */
    index_filter *keep_live;
    const void *owner;
    uint64_t count; /* entries, stale ones included */
    uint64_t bytes;
};

/* An entry found, or the place where one of this tag belongs: valid until the next put, remove or
   sweep. */
struct index_entry {
    struct index_page *page;
    uint32_t slot;
    uint32_t tag;
};

void key_index_init(struct key_index *index, index_filter *keep_live, const void *owner);
void key_index_free(struct key_index *index);

/* The first entry of this hash's tag, and the next; false: there is none. Any order. */
bool key_index_find(const struct key_index *index, uint64_t hash, struct index_entry *entry);
bool key_index_next(struct index_entry *entry);

static inline uint64_t key_index_place(const struct index_entry *entry)
{
    return entry->page->slots[entry->slot] & INDEX_PLACE_MASK;
}

/* Places are below 2^38; 0 is none. */
void key_index_replace(struct index_entry *entry, uint64_t place);
/* `entry`: where find or next ended with false. */
void key_index_put(struct key_index *index, const struct index_entry *entry, uint64_t place);
void key_index_remove(struct key_index *index, struct index_entry *entry);

/* Drops stale places from one page, the next in turn: keeps places from outliving their meaning in
   pages where nothing is put any more. */
void key_index_sweep(struct key_index *index);

/* Brings the slots of a hash near; a few records later a search finds them in the cache. */
void key_index_prefetch(const struct key_index *index, uint64_t hash);

#endif
