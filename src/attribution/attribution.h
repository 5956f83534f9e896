#ifndef ATTRIBUTION_ATTRIBUTION_H
#define ATTRIBUTION_ATTRIBUTION_H

#include "attribution/outcome.h"
#include "time/time_range.h"

#include <stdbool.h>
#include <stdint.h>

/* Attributes conversions to the touches of the same key before them. Knows nothing of input,
   output or expressions: rows come in, results go out. The rules are those of evattr(1). */

enum emission { EMIT_FINAL, EMIT_UPDATE };

struct attribution_rules {
    struct time_range within; /* of (time of conversion - time of touch); lower >= 0 */
    struct credit_model model;
    enum emission emission;
    bool prioritised;
    bool reuse; /* a touch may serve several conversions */
    unsigned digits;
};

/* What is known about a conversion. Borrowed until the call returns. */
struct attribution_result {
    const struct attribution_row *conversion;
    const struct row_history *touches;
    const struct outcome *outcome;
    const struct outcome *before; /* what came out last, NULL = nothing or the same */
    struct credit_value value;
    uint32_t revision; /* from 1 */
    bool final;
};

struct attribution_listener {
    void *self;
    void (*result)(void *self, const struct attribution_result *result);
};

struct attribution;

struct attribution *attribution_new(const struct attribution_rules *rules,
                                    const struct attribution_listener *listener);
/* --memory: before the first row. */
struct memory_bound;
void attribution_bind(struct attribution *attribution, struct memory_bound *bound);
void attribution_free(struct attribution *attribution);

/* Rows older than the watermark come too late and must not be added. */
void attribution_add_touch(struct attribution *attribution, const struct attribution_row *touch);
void attribution_add_conversion(struct attribution *attribution,
                                const struct attribution_row *conversion);

/* The watermark rose: gives the conversions older than it, by (time, id), for the last time. */
void attribution_advance(struct attribution *attribution, int64_t watermark);

/* Hint for a row that is going to be added some records later. */
void attribution_prefetch(struct attribution *attribution, uint64_t hash, bool is_conversion);

struct attribution_counts {
    uint64_t touches; /* received in time */
    uint64_t conversions;
    uint64_t emitted; /* for the first time */
    uint64_t updated; /* again, before the last time */
    uint64_t attributed;
    uint64_t unattributed; /* of those that are final */
    uint64_t held_touches;
    uint64_t held_conversions;
    uint64_t bytes;
};
/* Adds to the counts, only those of what happened; and all, with a walk over what is held. */
void attribution_count_events(const struct attribution *attribution,
                              struct attribution_counts *counts);
void attribution_count(const struct attribution *attribution, struct attribution_counts *counts);

/* For --state (attribution_state.h): from now on notes what becomes of rows that wait. */
void attribution_journal(struct attribution *attribution, uint32_t partition,
                         struct log_marks *touches, struct log_marks *conversions);
struct row_history *attribution_touches(struct attribution *attribution);
struct row_history *attribution_conversions(struct attribution *attribution);
/* Put rows, and what became of them, back where they were, unless they are past. false: they cannot
   have been there. */
bool attribution_restore_touch(struct attribution *attribution, const struct attribution_row *row,
                               uint64_t position);
bool attribution_restore_conversion(struct attribution *attribution,
                                    const struct attribution_row *row, uint64_t position);
bool attribution_restore_touch_mark(struct attribution *attribution, const struct log_mark *mark);
bool attribution_restore_conversion_mark(struct attribution *attribution,
                                         const struct log_mark *mark);
/* Goes on counting from there; what is held counts itself. */
void attribution_restore_counts(struct attribution *attribution,
                                const struct attribution_counts *counts);

/* Conversions that are not final yet. */
uint64_t attribution_open(const struct attribution *attribution);

#endif
