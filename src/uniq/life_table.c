#include "uniq/life_table.h"

#include "cli/diagnostics.h"

#include <stdlib.h>

/* A page starts small, because a tool may keep one table per partition. Above FULL it is rebuilt;
   it keeps its size if its live slots are not above HALF then. In 64ths of the capacity. */
enum { SMALLEST_PAGE = 64, FULL = 54, HALF = 32 };

size_t life_table_slot_size(const struct life_table *table)
{
    return sizeof(struct key_fingerprint) + sizeof(int64_t) +
           (table->has_last ? sizeof(int64_t) : 0) + (table->has_place ? sizeof(uint64_t) : 0);
}

static size_t page_size(const struct life_table *table, uint32_t capacity)
{
    return sizeof(struct life_page) + capacity * life_table_slot_size(table);
}

static struct life_page *page_new(struct life_table *table, uint32_t capacity, uint32_t depth)
{
    size_t size = page_size(table, capacity);
    struct life_page *page = allocate_zeroed(1, size);
    char *column = page->memory;
    table->bytes += size;
    page->capacity = capacity;
    page->depth = depth;
    page->marks = (struct key_fingerprint *)(void *)column;
    column += capacity * sizeof *page->marks;
    page->firsts = page->lasts = (int64_t *)(void *)column;
    column += capacity * sizeof *page->firsts;
    if (table->has_last) {
        page->lasts = (int64_t *)(void *)column;
        column += capacity * sizeof *page->lasts;
    }
    if (table->has_place)
        page->places = (uint64_t *)(void *)column;
    return page;
}

static void page_free(struct life_table *table, struct life_page *page)
{
    table->bytes -= page_size(table, page->capacity);
    free(page);
}

void life_table_init(struct life_table *table, bool has_last, bool has_place)
{
    *table = (struct life_table){
        .has_last = has_last, .has_place = has_place, .past = INT64_MIN, .bytes = sizeof(void *)};
    table->pages = allocate(sizeof(struct life_page *));
    table->pages[0] = page_new(table, SMALLEST_PAGE, 0);
}

void life_table_free(struct life_table *table)
{
    size_t pages = (size_t)1 << table->depth;
    size_t i = 0;
    while (i < pages) {
        struct life_page *page = table->pages[i];
        i += (size_t)1 << (table->depth - page->depth);
        page_free(table, page);
    }
    free(table->pages);
}

/* Shifting by all 64 bits is undefined. */
static size_t page_number(uint32_t depth, const struct key_fingerprint *mark)
{
    return depth == 0 ? 0 : (size_t)(mark->high >> (64 - depth));
}

static bool slot_empty(const struct life_page *page, uint32_t slot)
{
    return (page->marks[slot].high | page->marks[slot].low) == 0;
}

static bool slot_has(const struct life_page *page, uint32_t slot,
                     const struct key_fingerprint *mark)
{
    return page->marks[slot].low == mark->low && page->marks[slot].high == mark->high;
}

static bool search(const struct key_fingerprint *mark, struct life *life)
{
    const struct life_page *page = life->page;
    for (; !slot_empty(page, life->slot); life->slot = (life->slot + 1) & (page->capacity - 1))
        if (slot_has(page, life->slot, mark))
            return true;
    return false;
}

bool life_table_find(const struct life_table *table, const struct key_fingerprint *mark,
                     struct life *life)
{
    life->page = table->pages[page_number(table->depth, mark)];
    life->slot = (uint32_t)mark->low & (life->page->capacity - 1);
    return search(mark, life);
}

bool life_table_next(const struct key_fingerprint *mark, struct life *life)
{
    life->slot = (life->slot + 1) & (life->page->capacity - 1);
    return search(mark, life);
}

/* Lives that are over are not written over one by one: what is held would depend on the seed. */
static uint32_t slot_for(const struct life_page *page, const struct key_fingerprint *mark)
{
    uint32_t slot = (uint32_t)mark->low & (page->capacity - 1);
    while (!slot_empty(page, slot))
        slot = (slot + 1) & (page->capacity - 1);
    return slot;
}

static void move_slot(struct life_page *to, const struct life_page *from, uint32_t slot)
{
    uint32_t place = slot_for(to, &from->marks[slot]);
    to->marks[place] = from->marks[slot];
    to->firsts[place] = from->firsts[slot];
    to->lasts[place] = from->lasts[slot];
    if (from->places != NULL)
        to->places[place] = from->places[slot];
    to->count++;
}

static void double_directory(struct life_table *table)
{
    size_t pages = (size_t)1 << table->depth;
    struct life_page **wider = allocate(2 * pages * sizeof *wider);
    for (size_t i = 0; i < 2 * pages; i++)
        wider[i] = table->pages[i / 2];
    free(table->pages);
    table->pages = wider;
    table->bytes += pages * sizeof *wider;
    table->depth++;
}

/* The entries of the directory that lead to the page of this mark. */
static struct life_page **page_entries(const struct life_table *table, uint32_t depth,
                                       const struct key_fingerprint *mark, size_t *count)
{
    *count = (size_t)1 << (table->depth - depth);
    return table->pages + page_number(table->depth, mark) / *count * *count;
}

static uint32_t count_living(const struct life_page *page, int64_t past)
{
    uint32_t living = 0;
    for (uint32_t slot = 0; slot < page->capacity; slot++)
        living += !slot_empty(page, slot) && page->lasts[slot] > past;
    return living;
}

static void split_page(struct life_table *table, struct life_page *page,
                       const struct key_fingerprint *mark)
{
    struct life_page *halves[2];
    struct life_page **entries;
    size_t count;
    if (page->depth == table->depth)
        double_directory(table);
    entries = page_entries(table, page->depth, mark, &count);
    for (size_t half = 0; half < 2; half++) {
        halves[half] = page_new(table, page->capacity, page->depth + 1);
        for (size_t i = 0; i < count / 2; i++)
            entries[half * (count / 2) + i] = halves[half];
    }
    for (uint32_t slot = 0; slot < page->capacity; slot++)
        if (!slot_empty(page, slot) && page->lasts[slot] > table->past)
            move_slot(halves[page->marks[slot].high >> (63 - page->depth) & 1], page, slot);
    table->count += (uint64_t)halves[0]->count + halves[1]->count;
}

static void rebuild_page(struct life_table *table, struct life_page *page, uint32_t capacity,
                         const struct key_fingerprint *mark)
{
    struct life_page *fresh = page_new(table, capacity, page->depth);
    struct life_page **entries;
    size_t count;
    entries = page_entries(table, page->depth, mark, &count);
    for (size_t i = 0; i < count; i++)
        entries[i] = fresh;
    for (uint32_t slot = 0; slot < page->capacity; slot++)
        if (!slot_empty(page, slot) && page->lasts[slot] > table->past)
            move_slot(fresh, page, slot);
    table->count += fresh->count;
}

static void make_room(struct life_table *table, struct life_page *page,
                      const struct key_fingerprint *mark)
{
    uint32_t living = count_living(page, table->past);
    table->count -= page->count;
    if (living <= page->capacity / 64 * HALF)
        rebuild_page(table, page, page->capacity, mark);
    else if (page->capacity < LIFE_PAGE_SLOTS)
        rebuild_page(table, page, 2 * page->capacity, mark);
    else
        split_page(table, page, mark);
    page_free(table, page);
}

void life_table_add(struct life_table *table, const struct key_fingerprint *mark, int64_t first,
                    int64_t last, uint64_t place)
{
    struct life_page *page = table->pages[page_number(table->depth, mark)];
    uint32_t slot;
    while (page->count >= page->capacity / 64 * FULL) {
        make_room(table, page, mark);
        page = table->pages[page_number(table->depth, mark)];
    }
    slot = slot_for(page, mark);
    page->count++;
    table->count++;
    page->marks[slot] = *mark;
    page->firsts[slot] = first;
    page->lasts[slot] = last;
    if (page->places != NULL)
        page->places[slot] = place;
}

/* As many pages as would be there in the end, each of the size at which pages are split. Marks
   spread evenly: an eighth of a page is more than one of them gets by chance. */
void life_table_reserve(struct life_table *table, uint64_t lives)
{
    const uint64_t page_lives = LIFE_PAGE_SLOTS / 64 * FULL - LIFE_PAGE_SLOTS / 8;
    uint32_t depth = 0;
    size_t pages;
    while (lives >> depth > page_lives)
        depth++;
    if (depth == 0 || table->count > 0 || table->depth > 0)
        return;
    page_free(table, table->pages[0]);
    pages = (size_t)1 << depth;
    table->pages = reallocate(table->pages, pages * sizeof *table->pages);
    table->bytes += (pages - 1) * sizeof *table->pages;
    table->depth = depth;
    for (size_t i = 0; i < pages; i++)
        table->pages[i] = page_new(table, LIFE_PAGE_SLOTS, depth);
}

void life_table_prefetch_page(const struct life_table *table, const struct key_fingerprint *mark)
{
    __builtin_prefetch(table->pages[page_number(table->depth, mark)]);
}

void life_table_prefetch(const struct life_table *table, const struct key_fingerprint *mark)
{
    const struct life_page *page = table->pages[page_number(table->depth, mark)];
    uint32_t slot = (uint32_t)mark->low & (page->capacity - 1);
    __builtin_prefetch(&page->marks[slot], 1);
    __builtin_prefetch(&page->lasts[slot], 1);
}
