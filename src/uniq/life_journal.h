#ifndef UNIQ_LIFE_JOURNAL_H
#define UNIQ_LIFE_JOURNAL_H

#include "ndjson/json_key.h"
#include "ndjson/scratch.h"
#include "state/snapshot_draft.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which lives of keys began or grew since the last snapshot: what a snapshot costs follows that,
   not how many keys there are. Starts zeroed. */
struct life_chunk;
struct life_journal {
    struct life_chunk *first;
    struct life_chunk *last;
    uint64_t count;
    int64_t youngest; /* greatest end of a life in it */
};

void life_journal_free(struct life_journal *journal);

/* A life as it is now. */
struct life_change {
    uint32_t partition;
    struct key_fingerprint mark;
    const struct json_key *key; /* copied; NULL where only fingerprints are kept */
    int64_t first;
    int64_t last;
};
void life_journal_add(struct life_journal *journal, const struct life_change *change);

/* Hands all of it to the draft as a segment of this role, and begins anew. Lines:
   {"p":PARTITION,"high":"HEX","low":"HEX","time":FIRST,"last":LAST}, or with "key":KEY for high and
   low; "last" is left out where it is FIRST. */
void life_journal_save(struct life_journal *journal, struct snapshot_draft *draft,
                       const char *role);

#endif
