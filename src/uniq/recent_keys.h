#ifndef UNIQ_RECENT_KEYS_H
#define UNIQ_RECENT_KEYS_H

#include "ndjson/json_key.h"
#include "uniq/life_journal.h"

#include <stdbool.h>
#include <stdint.h>

/* Which keys were seen lately, by event time. A key's life is the span from its first record to
   its last, which are the same unless `refresh`; a record is a repeat if it lies less than `within`
   from a life of its key, before or behind, whichever way the two arrived. A life that ended at
   W - within or before cannot have repeats any more and counts as forgotten. */
struct recent_rules {
    int64_t within; /* ns, > 0 */
    bool refresh;   /* repeats are part of a life */
    bool exact;     /* keys are kept and compared; otherwise 128-bit fingerprints decide */
};

struct recent_keys;

struct recent_keys *recent_keys_new(const struct recent_rules *rules);
void recent_keys_free(struct recent_keys *keys);

/* A key with its fingerprint (json_key_fingerprint()). */
struct marked_key {
    struct json_key key;
    struct key_fingerprint mark;
};

/* True if a record of this key at this time is a repeat. */
bool recent_keys_repeated(struct recent_keys *keys, const struct marked_key *key, int64_t time);

/* Begins a life; the record is no repeat. */
void recent_keys_add(struct recent_keys *keys, const struct marked_key *key, int64_t time);

void recent_keys_advance(struct recent_keys *keys, int64_t watermark);

/* From now on each life that begins or grows is noted in the journal, as one of `partition`. */
void recent_keys_note_changes(struct recent_keys *keys, struct life_journal *journal,
                              uint32_t partition);

/* A life that an earlier run noted, in the order of its notes; W must have been given. A life that
   is over is passed over; one that this one has grown out of is replaced by it. */
void recent_keys_restore(struct recent_keys *keys, const struct marked_key *key, int64_t first,
                         int64_t last);

/* Hint that so many lives will be restored, at most. */
void recent_keys_expect(struct recent_keys *keys, uint64_t lives);

/* Hint for a key that is going to be looked for some records later. */
void recent_keys_prefetch(const struct recent_keys *keys, const struct key_fingerprint *mark);
/* The same, some keys before that, where keys come faster than memory answers. */
void recent_keys_prefetch_page(const struct recent_keys *keys, const struct key_fingerprint *mark);

/* Lives held, some of them forgotten already; bytes of memory. */
uint64_t recent_keys_count(const struct recent_keys *keys);
uint64_t recent_keys_bytes(const struct recent_keys *keys);

/* Bytes that a key takes at least and at most, once there are some thousands; the keys themselves,
   which `exact` keeps, come on top. */
void recent_keys_cost(const struct recent_rules *rules, unsigned *least, unsigned *most);

#endif
