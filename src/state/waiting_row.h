#ifndef STATE_WAITING_ROW_H
#define STATE_WAITING_ROW_H

#include "ndjson/json_key.h"
#include "ndjson/json_slice.h"
#include "state/record_log.h"

#include <stdbool.h>
#include <stdint.h>

/* A record that waits in a log: WAITING_ROW_HEADER bytes before its own. The key is not copied
   where it stands in the record in canonical form (strings without escapes, integers); otherwise,
   and for records or keys of 64 KiB and more, a longer header follows and the copies stand behind
   the record. */
enum { WAITING_ROW_HEADER = 20 };

enum row_flag {
    ROW_MATCHED = 1,  /* was part of a result */
    ROW_GONE = 2,     /* used up: takes part in nothing any more */
    ROW_REPLACED = 4, /* finds no partner any more, but is still to come out as unmatched */
    ROW_FLAGS = 7,    /* all of these */
    ROW_WIDE = 8,     /* private: the longer header */
    ROW_QUOTED = 16   /* private: the key's bytes are its text without the quotes */
};

struct __attribute__((packed, aligned(4))) waiting_row {
    int64_t time;
    uint32_t link_low; /* signed distance in log units to the next row of the key; 0 = none */
    int8_t link_high;
    uint8_t state;   /* enum row_flag, and the kind of the key above it */
    uint16_t length; /* of the record; these three are 0 if ROW_WIDE */
    uint16_t key_offset;
    uint16_t key_length; /* of the key's text */
};

/* A row as the world sees it: borrowed from the log or from the input. */
struct row_view {
    int64_t time;
    const char *text; /* the record: one JSON object */
    uint32_t length;
    struct json_key key; /* its hash is only known for rows from the input */
};

/* Appends a row; its link is none. `extra` bytes behind the record, for the caller to fill, count
   as part of it from then on: waiting_row_extra(). */
struct waiting_row *waiting_row_append(struct record_log *log, const struct row_view *view,
                                       uint32_t extra, uint64_t *position);
/* The same for a row that is put back where it was (record_log_restore()), told by the same view;
   NULL: it cannot have been there. */
struct waiting_row *waiting_row_restore(struct record_log *log, const struct row_view *view,
                                        uint32_t extra, uint64_t position);
/* The last `extra` bytes of the record. */
char *waiting_row_extra(struct waiting_row *row, uint32_t extra);
void waiting_row_view(const struct waiting_row *row, struct row_view *view);
/* Bytes in the log, before rounding. */
size_t waiting_row_size(const struct waiting_row *row);

/* True if the row has this key. */
bool waiting_row_has_key(const struct waiting_row *row, const struct json_key *key);

/* Sets flags. Another thread may be reading the rest of the row at the same time. */
static inline void waiting_row_mark(struct waiting_row *row, uint8_t flags)
{
    __atomic_store_n(&row->state, (uint8_t)(row->state | flags), __ATOMIC_RELAXED);
}

static inline uint8_t waiting_row_state(const struct waiting_row *row)
{
    return __atomic_load_n(&row->state, __ATOMIC_RELAXED);
}

static inline struct waiting_row *waiting_row_at(const struct record_log *log, uint64_t position)
{
    return record_log_at(log, position);
}

/* The row linked to, or LOG_NOWHERE. */
static inline uint64_t waiting_row_link(const struct waiting_row *row, uint64_t position)
{
    int64_t distance = (int64_t)row->link_high * (INT64_C(1) << 32) + (int64_t)row->link_low;
    return distance == 0 ? LOG_NOWHERE : position + (uint64_t)distance;
}

/* Links that span more than 2 TiB of log are dropped: that row is long gone. */
void waiting_row_set_link(struct waiting_row *row, uint64_t position, uint64_t target);

#endif
