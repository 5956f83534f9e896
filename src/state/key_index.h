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

   A look at a row of another key with the same tag is cheap in memory, and a read of the disk where
   rows are there: a refined index keeps 8 bits more of each hash, in a byte beside the slot. */
enum { INDEX_PLACE_BITS = 38, INDEX_TAG_BITS = 26, INDEX_WINDOW = 8 };
#define INDEX_PLACE_MASK ((UINT64_C(1) << INDEX_PLACE_BITS) - 1)

/* Clears those slots whose place means nothing to the owner any more. Some are 0 already. */
typedef void index_filter(const void *owner, uint64_t *slots, uint32_t count);

struct index_page {
    uint32_t capacity; /* slots that a tag can be at home in */
    uint32_t limit;    /* entries at which it is full */
    uint32_t count;    /* entries, stale ones included */
    uint32_t end;      /* slots in all; the last one is always empty */
    uint32_t depth;    /* leading bits that its tags share */
    uint8_t *finer;    /* of a refined index: by slot, the bits behind the tag; else NULL */
    uint64_t slots[];
};

struct key_index {
    struct index_page **pages; /* 2^depth, several may be the same page */
    uint32_t depth;
    uint32_t swept; /* the next page that key_index_sweep looks at */
    bool refined;
    index_filter *clear_stale;
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
    uint8_t finer;
};

void key_index_init(struct key_index *index, index_filter *clear_stale, const void *owner);
/* Of an empty index. */
void key_index_refine(struct key_index *index);
void key_index_free(struct key_index *index);

/* Never 0, so that a slot in use is greater than an empty one whatever its tag. */
static inline uint32_t index_tag(uint64_t hash)
{
    uint32_t tag = (uint32_t)(hash >> (64 - INDEX_TAG_BITS));
    return tag != 0 ? tag : 1;
}

static inline uint8_t index_finer(uint64_t hash)
{
    return (uint8_t)(hash >> (64 - INDEX_TAG_BITS - 8));
}

static inline uint32_t index_slot_tag(uint64_t slot)
{
    return (uint32_t)(slot >> INDEX_PLACE_BITS);
}

/* In tag order, so that pages stay sorted whatever their capacity. */
static inline uint32_t index_home(const struct index_page *page, uint32_t tag)
{
    uint32_t bits = INDEX_TAG_BITS - page->depth;
    uint64_t rest = tag & ((UINT32_C(1) << bits) - 1);
    return (uint32_t)((rest * page->capacity) >> bits);
}

static inline struct index_page *index_page_of(const struct key_index *index, uint32_t tag)
{
    return index->pages[tag >> (INDEX_TAG_BITS - index->depth)];
}

/* How many of two slots are in use and below the limit. */
static inline uint32_t index_below(const uint64_t *slots, uint64_t limit)
{
    return (uint32_t)(slots[0] - 1 < limit - 1) + (uint32_t)(slots[1] - 1 < limit - 1);
}

/* The first slot from `slot` on that is empty or not below this one. Counts instead of stopping: no
   branch depends on where that is, which nobody could predict. */
static inline uint32_t index_skip_below(const struct index_page *page, uint32_t slot,
                                        uint64_t limit)
{
    uint32_t count;
    do {
        const uint64_t *window = &page->slots[slot];
        count = index_below(window, limit) + index_below(window + 2, limit) +
                index_below(window + 4, limit) + index_below(window + 6, limit);
        slot += count;
    } while (count == INDEX_WINDOW);
    return slot;
}

/* Whether the entry is one of its hash, and no end. */
static inline bool key_index_holds(const struct index_entry *entry)
{
    return index_slot_tag(entry->page->slots[entry->slot]) == entry->tag;
}

/* Passes those that a refined index tells apart; false: there is none of this hash. */
bool index_settle_refined(struct index_entry *entry);

__attribute__((always_inline)) static inline bool index_settle(struct index_entry *entry)
{
    return __builtin_expect(entry->page->finer == NULL, true) ? key_index_holds(entry)
                                                              : index_settle_refined(entry);
}

/* The first entry of this hash, as far as the index tells hashes apart, and the next; false: there
   is none. Any order. */
__attribute__((always_inline)) static inline bool
key_index_find(const struct key_index *index, uint64_t hash, struct index_entry *entry)
{
    uint32_t tag = index_tag(hash);
    struct index_page *page = index_page_of(index, tag);
    uint64_t limit = (uint64_t)tag << INDEX_PLACE_BITS;
    *entry = (struct index_entry){page, index_skip_below(page, index_home(page, tag), limit), tag,
                                  index_finer(hash)};
    return index_settle(entry);
}

static inline bool key_index_next(struct index_entry *entry)
{
    entry->slot++;
    return index_settle(entry);
}

static inline uint64_t key_index_place(const struct index_entry *entry)
{
    return entry->page->slots[entry->slot] & INDEX_PLACE_MASK;
}

/* Places are below 2^38; 0 is none. */
static inline void key_index_replace(struct index_entry *entry, uint64_t place)
{
    entry->page->slots[entry->slot] = (uint64_t)entry->tag << INDEX_PLACE_BITS | place;
}

/* `entry`: where find or next ended with false. */
void key_index_put(struct key_index *index, const struct index_entry *entry, uint64_t place);
void key_index_remove(struct key_index *index, struct index_entry *entry);

/* Drops stale places from one page, the next in turn: keeps places from outliving their meaning in
   pages where nothing is put any more. */
void key_index_sweep(struct key_index *index);

/* Brings the slots of a hash near; a few records later a search finds them in the cache. Not
   inline: gcc takes an inline function that does nothing but prefetch for one that does nothing. */
void key_index_prefetch(const struct key_index *index, uint64_t hash);
/* Brings near what key_index_prefetch() reads itself: some records before it, where records come
   faster than memory answers. */
void key_index_prefetch_page(const struct key_index *index, uint64_t hash);

#endif
