#include "uniq/recent_keys.h"

#include "cli/diagnostics.h"
#include "state/record_log.h"
#include "time/timestamp.h"
#include "uniq/life_table.h"

#include <stdlib.h>
#include <string.h>

struct recent_keys {
    struct recent_rules rules;
    struct life_table lives;
    struct record_log log;        /* the keys themselves, if they are kept */
    uint64_t released;            /* segments of the log when it was last given room back */
    struct life_journal *journal; /* NULL = changes are not noted */
    uint32_t partition;
};

/* A key as the log has it. */
struct kept_key {
    uint32_t length;
    uint8_t kind;
    char bytes[];
};

struct recent_keys *recent_keys_new(const struct recent_rules *rules)
{
    struct recent_keys *keys = allocate_zeroed(1, sizeof *keys);
    keys->rules = *rules;
    life_table_init(&keys->lives, rules->refresh, rules->exact);
    record_log_init(&keys->log);
    return keys;
}

void recent_keys_free(struct recent_keys *keys)
{
    life_table_free(&keys->lives);
    record_log_free(&keys->log);
    free(keys);
}

static uint64_t keep_key(struct recent_keys *keys, const struct json_key *key, int64_t time)
{
    uint64_t position;
    struct kept_key *kept = record_log_append(&keys->log, sizeof *kept + key->length, time,
                                              &position);
    kept->length = key->length;
    kept->kind = key->kind;
    memcpy(kept->bytes, key->bytes, key->length);
    if (keys->log.first + keys->log.count != keys->released) {
        record_log_release(&keys->log, keys->lives.past);
        keys->released = keys->log.first + keys->log.count;
    }
    return position;
}

static bool life_is_of(const struct recent_keys *keys, const struct life *life,
                       const struct json_key *key)
{
    const struct kept_key *kept;
    if (!keys->rules.exact)
        return true;
    kept = record_log_at(&keys->log, life->page->places[life->slot]);
    return kept != NULL && kept->kind == key->kind && kept->length == key->length &&
           memcmp(kept->bytes, key->bytes, key->length) == 0;
}

static void note_life(const struct recent_keys *keys, const struct marked_key *key, int64_t first,
                      int64_t last)
{
    const struct life_change change = {keys->partition, key->mark,
                                       keys->rules.exact ? &key->key : NULL, first, last};
    if (keys->journal != NULL)
        life_journal_add(keys->journal, &change);
}

/* A key that is seen again and again moves on in the log, lest it hold an old segment for ever. */
static void extend(struct recent_keys *keys, const struct life *life, const struct json_key *key,
                   int64_t time)
{
    struct life_page *page = life->page;
    if (time < page->firsts[life->slot])
        page->firsts[life->slot] = time;
    if (time <= page->lasts[life->slot])
        return;
    page->lasts[life->slot] = time;
    if (keys->rules.exact) {
        uint64_t number = page->places[life->slot] / LOG_SEGMENT_UNITS - keys->log.first;
        if (number + 1 < keys->log.count)
            page->places[life->slot] = keep_key(keys, key, time);
        else if (time > keys->log.segments[number].youngest)
            keys->log.segments[number].youngest = time;
    }
}

static bool near_life(const struct recent_keys *keys, const struct life *life, int64_t time)
{
    int64_t first = life->page->firsts[life->slot];
    int64_t last = life->page->lasts[life->slot];
    return last > keys->lives.past && time > time_subtract(first, keys->rules.within) &&
           time < time_add(last, keys->rules.within);
}

static bool life_spans(const struct life *life, int64_t first, int64_t last)
{
    return life->page->firsts[life->slot] <= first && life->page->lasts[life->slot] >= last;
}

bool recent_keys_repeated(struct recent_keys *keys, const struct marked_key *key, int64_t time)
{
    struct life life;
    bool repeated = false;
    bool found = life_table_find(&keys->lives, &key->mark, &life);
    for (; found; found = life_table_next(&key->mark, &life)) {
        if (!near_life(keys, &life, time) || !life_is_of(keys, &life, &key->key))
            continue;
        if (!keys->rules.refresh)
            return true;
        repeated = true;
        if (life_spans(&life, time, time))
            continue;
        extend(keys, &life, &key->key, time);
        note_life(keys, key, life.page->firsts[life.slot], life.page->lasts[life.slot]);
    }
    return repeated;
}

void recent_keys_add(struct recent_keys *keys, const struct marked_key *key, int64_t time)
{
    uint64_t place = keys->rules.exact ? keep_key(keys, &key->key, time) : 0;
    life_table_add(&keys->lives, &key->mark, time, time, place);
    note_life(keys, key, time, time);
}

void recent_keys_note_changes(struct recent_keys *keys, struct life_journal *journal,
                              uint32_t partition)
{
    keys->journal = journal;
    keys->partition = partition;
}

/* The life that a longer one was before it grew. */
static bool find_shorter(const struct recent_keys *keys, const struct marked_key *key,
                         int64_t first, int64_t last, struct life *life)
{
    bool found = life_table_find(&keys->lives, &key->mark, life);
    while (found && (life->page->firsts[life->slot] < first ||
                     life->page->lasts[life->slot] > last || !life_is_of(keys, life, &key->key)))
        found = life_table_next(&key->mark, life);
    return found;
}

void recent_keys_restore(struct recent_keys *keys, const struct marked_key *key, int64_t first,
                         int64_t last)
{
    struct life life;
    if (last <= keys->lives.past)
        return;
    if (keys->rules.refresh && find_shorter(keys, key, first, last, &life)) {
        life.page->firsts[life.slot] = first;
        extend(keys, &life, &key->key, last);
        return;
    }
    life_table_add(&keys->lives, &key->mark, first, last,
                   keys->rules.exact ? keep_key(keys, &key->key, last) : 0);
}

void recent_keys_advance(struct recent_keys *keys, int64_t watermark)
{
    keys->lives.past = time_subtract(watermark, keys->rules.within);
}

void recent_keys_prefetch(const struct recent_keys *keys, const struct key_fingerprint *mark)
{
    life_table_prefetch(&keys->lives, mark);
}

void recent_keys_prefetch_page(const struct recent_keys *keys, const struct key_fingerprint *mark)
{
    life_table_prefetch_page(&keys->lives, mark);
}

/* A life that grows is noted again and again: how many there are cannot be told then. */
void recent_keys_expect(struct recent_keys *keys, uint64_t lives)
{
    if (!keys->rules.refresh)
        life_table_reserve(&keys->lives, lives);
}

uint64_t recent_keys_count(const struct recent_keys *keys)
{
    return keys->lives.count;
}

uint64_t recent_keys_bytes(const struct recent_keys *keys)
{
    return keys->lives.bytes + keys->log.bytes;
}

void recent_keys_cost(const struct recent_rules *rules, unsigned *least, unsigned *most)
{
    struct life_table table = {.has_last = rules->refresh, .has_place = rules->exact};
    unsigned slot = (unsigned)life_table_slot_size(&table);
    *least = slot * 64 / 54;
    *most = slot * 64 / 27;
}
