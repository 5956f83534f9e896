#include "state/key_index.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

/* A page of SPLIT_CAPACITY slots is rebuilt in about 20 us; beyond MAX_DEPTH pages grow on. */
enum { SMALLEST_CAPACITY = 16, SPLIT_CAPACITY = 8192, MAX_DEPTH = 14 };

static size_t page_bytes(const struct key_index *index, uint32_t end)
{
    /* A search may look at a window of empty slots behind the last. */
    return sizeof(struct index_page) + (end + INDEX_WINDOW) * sizeof(uint64_t) +
           (index->refined ? end : 0);
}

/* Behind the last home there is room for what the load pushes out, and an empty slot. */
static struct index_page *page_new(struct key_index *index, uint32_t capacity, uint32_t depth)
{
    uint32_t end = capacity + capacity / 64 + SMALLEST_CAPACITY + 1;
    struct index_page *page = allocate_zeroed(1, page_bytes(index, end));
    page->capacity = capacity;
    page->limit = capacity - capacity / 10;
    page->end = end;
    page->depth = depth;
    if (index->refined)
        page->finer = (uint8_t *)&page->slots[end + INDEX_WINDOW];
    index->bytes += page_bytes(index, end);
    return page;
}

static void page_drop(struct key_index *index, struct index_page *page)
{
    index->bytes -= page_bytes(index, page->end);
    free(page);
}

void key_index_init(struct key_index *index, index_filter *clear_stale, const void *owner)
{
    *index = (struct key_index){.clear_stale = clear_stale, .owner = owner};
    index->pages = allocate(sizeof *index->pages);
    index->pages[0] = page_new(index, SMALLEST_CAPACITY, 0);
    index->bytes += sizeof *index->pages;
}

void key_index_refine(struct key_index *index)
{
    page_drop(index, index->pages[0]);
    index->refined = true;
    index->pages[0] = page_new(index, SMALLEST_CAPACITY, 0);
}

static uint32_t page_share(const struct key_index *index, const struct index_page *page)
{
    return UINT32_C(1) << (index->depth - page->depth);
}

void key_index_free(struct key_index *index)
{
    size_t count = (size_t)1 << index->depth;
    size_t share;
    for (size_t i = 0; i < count; i += share) {
        share = page_share(index, index->pages[i]);
        free(index->pages[i]);
    }
    free(index->pages);
}

bool index_settle_refined(struct index_entry *entry)
{
    const uint8_t *finer = entry->page->finer;
    while (key_index_holds(entry) && finer[entry->slot] != entry->finer)
        entry->slot++;
    return key_index_holds(entry);
}

static void copy_slot(struct index_page *page, uint32_t to, uint32_t from)
{
    page->slots[to] = page->slots[from];
    if (page->finer != NULL)
        page->finer[to] = page->finer[from];
}

void key_index_remove(struct key_index *index, struct index_entry *entry)
{
    struct index_page *page = entry->page;
    uint32_t hole = entry->slot;
    while (page->slots[hole + 1] != 0 &&
           index_home(page, index_slot_tag(page->slots[hole + 1])) <= hole) {
        copy_slot(page, hole, hole + 1);
        hole++;
    }
    page->slots[hole] = 0;
    page->count--;
    index->count--;
}

/* Appends the largest slot so far, of another page; false: the page is too short for its cluster at
   the end. */
static bool page_append(struct index_page *page, const struct index_page *old, uint32_t from,
                        uint32_t *next)
{
    uint32_t home = index_home(page, index_slot_tag(old->slots[from]));
    uint32_t place = home > *next ? home : *next;
    if (place + 1 >= page->end)
        return false;
    page->slots[place] = old->slots[from];
    if (page->finer != NULL)
        page->finer[place] = old->finer[from];
    page->count++;
    *next = place + 1;
    return true;
}

/* Copies those of the first `count` slots of another page whose tags belong to the page. */
static bool page_fill(struct index_page *page, uint32_t first_tag, const struct index_page *old,
                      uint32_t count)
{
    uint32_t shift = INDEX_TAG_BITS - page->depth;
    uint32_t next = 0;
    for (uint32_t i = 0; i < count; i++)
        if (index_slot_tag(old->slots[i]) >> shift == first_tag >> shift &&
            !page_append(page, old, i, &next))
            return false;
    return true;
}

/* A page for those of the first `count` slots of another page that belong to it. */
static struct index_page *page_of_slots(struct key_index *index, uint32_t first_tag, uint32_t depth,
                                        const struct index_page *old, uint32_t count,
                                        uint32_t capacity)
{
    struct index_page *page = page_new(index, capacity, depth);
    while (!page_fill(page, first_tag, old, count)) {
        page_drop(index, page);
        capacity += capacity / 8 + 1;
        page = page_new(index, capacity, depth);
    }
    return page;
}

/* For a load of 0.64. */
static uint32_t roomy(uint32_t count)
{
    return count + count * 9 / 16 + SMALLEST_CAPACITY;
}

static void deepen(struct key_index *index)
{
    size_t count = (size_t)1 << index->depth;
    index->pages = reallocate(index->pages, 2 * count * sizeof *index->pages);
    for (size_t i = count; i-- > 0;)
        index->pages[2 * i] = index->pages[2 * i + 1] = index->pages[i];
    index->bytes += count * sizeof *index->pages;
    index->swept *= 2;
    index->depth++;
}

static void enter_page(struct key_index *index, struct index_page *page, uint32_t first_tag)
{
    uint32_t share = page_share(index, page);
    uint32_t first = (first_tag >> (INDEX_TAG_BITS - index->depth)) & ~(share - 1);
    for (uint32_t i = 0; i < share; i++)
        index->pages[first + i] = page;
}

/* Moves the live slots, in order, to the front of the page; returns their number. */
static uint32_t gather_live(struct key_index *index, struct index_page *page)
{
    uint64_t *slots = page->slots;
    uint32_t live = 0;
    index->clear_stale(index->owner, slots, page->end);
    for (uint32_t i = 0, gathered = 0; page->finer != NULL && i < page->end; i++) {
        page->finer[gathered] = page->finer[i];
        gathered += slots[i] != 0;
    }
    for (uint32_t i = 0; i < page->end; i++) {
        slots[live] = slots[i];
        live += slots[i] != 0;
    }
    index->count -= page->count - live;
    return live;
}

/* Makes the page of this tag new, without stale slots, with room for two fifths more and `extra`.
 */
static void rebuild(struct key_index *index, uint32_t tag, uint32_t extra)
{
    struct index_page *old = index_page_of(index, tag);
    uint32_t live = gather_live(index, old);
    uint32_t depth = old->depth;
    uint32_t capacity = roomy(live) + extra;
    if (capacity <= SPLIT_CAPACITY || depth >= MAX_DEPTH) {
        enter_page(index, page_of_slots(index, tag, depth, old, live, capacity), tag);
    } else {
        uint32_t bit = UINT32_C(1) << (INDEX_TAG_BITS - depth - 1);
        if (depth == index->depth)
            deepen(index);
        for (int half = 0; half < 2; half++) {
            uint32_t first = half == 0 ? tag & ~bit : tag | bit;
            enter_page(index, page_of_slots(index, first, depth + 1, old, live, roomy(live / 2)),
                       first);
        }
    }
    page_drop(index, old);
}

/* What page_put() does to the slots. */
static void put_finer(struct index_page *page, const struct index_entry *entry)
{
    uint32_t end = entry->slot;
    while (page->slots[end] != 0)
        end++;
    memmove(page->finer + entry->slot + 1, page->finer + entry->slot, end - entry->slot);
    page->finer[entry->slot] = entry->finer;
}

/* false: the page is full, or might be too short for its cluster at the end. */
static bool page_put(const struct index_entry *entry, uint64_t place)
{
    struct index_page *page = entry->page;
    uint64_t moved = (uint64_t)entry->tag << INDEX_PLACE_BITS | place;
    if (page->count >= page->limit || page->slots[page->end - 2] != 0)
        return false;
    if (page->finer != NULL)
        put_finer(page, entry);
    /* Moves while it looks for the empty slot: clusters are short, and their ends the one thing
       here that cannot be predicted. */
    for (uint64_t *slot = &page->slots[entry->slot]; moved != 0; slot++) {
        uint64_t next = *slot;
        *slot = moved;
        moved = next;
    }
    page->count++;
    return true;
}

void key_index_put(struct key_index *index, const struct index_entry *entry, uint64_t place)
{
    struct index_entry at = *entry;
    /* Only a crowd of equal tags fails to find room in a new page. */
    for (uint32_t extra = 0; !page_put(&at, place); extra = 2 * extra + 64) {
        rebuild(index, at.tag, extra);
        at.page = index_page_of(index, at.tag);
        at.slot = index_skip_below(at.page, index_home(at.page, at.tag),
                                   (uint64_t)at.tag << INDEX_PLACE_BITS);
    }
    index->count++;
}

void key_index_sweep(struct key_index *index)
{
    struct index_page *page = index->pages[index->swept];
    uint32_t share = page_share(index, page);
    uint32_t first_tag = (uint32_t)((uint64_t)index->swept << (INDEX_TAG_BITS - index->depth));
    uint32_t next = (index->swept & ~(share - 1)) + share;
    bool wrapped = next >= UINT32_C(1) << index->depth;
    index->swept = wrapped ? 0 : next;
    if (page->count > 0)
        rebuild(index, first_tag, 0);
}

void key_index_prefetch(const struct key_index *index, uint64_t hash)
{
    uint32_t tag = index_tag(hash);
    const struct index_page *page = index_page_of(index, tag);
    const uint64_t *slot = &page->slots[index_home(page, tag)];
    __builtin_prefetch(slot);
    __builtin_prefetch(slot + INDEX_WINDOW - 1);
}

void key_index_prefetch_page(const struct key_index *index, uint64_t hash)
{
    __builtin_prefetch(index_page_of(index, index_tag(hash)));
}
