#ifndef ATTRIBUTION_OUTCOME_H
#define ATTRIBUTION_OUTCOME_H

#include "attribution/credit_model.h"
#include "attribution/credit_value.h"
#include "attribution/row_history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which touches get how much of a conversion. */
struct candidate {
    uint64_t position; /* in the history */
    int64_t time;
    uint64_t units; /* of the conversion's value */
};

struct outcome {
    struct candidate *credited; /* by (time, id) */
    size_t count;
    size_t capacity;
    size_t eligible; /* touches within reach, credited or not */
    /* private */
    struct weighed_touch *weighed;
    struct credit_share *shares;
    size_t room;
};

void outcome_free(struct outcome *outcome);

/* The rows of `found`, which come by falling time, sorted by (time, id, bytes) into
   outcome->credited, without credit; the row at `excluded` is left out. */
void outcome_load(struct outcome *outcome, const struct row_history *history,
                  const struct row_positions *found, uint64_t excluded);

/* Leaves the rows that get credit. `prioritised`: of the loaded rows only those of the highest
   priority take part, or are ranked by it if the model ranks. */
void outcome_decide(struct outcome *outcome, const struct row_history *history,
                    const struct credit_model *model, bool prioritised, uint64_t units);

/* The same touches with the same credits. */
bool outcome_equal(const struct outcome *a, const struct outcome *b);

#endif
