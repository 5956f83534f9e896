#ifndef ATTRIBUTION_CREDIT_MODEL_H
#define ATTRIBUTION_CREDIT_MODEL_H

#include "attribution/credit_split.h"
#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the touches before a conversion share it. */

/* What a model looks at: the touches by (time, id), of equal priority unless the model ranks. */
struct weighed_touch {
    int64_t time;
    size_t rank; /* number of touches of lower priority */
};

struct credit_model;

/* Sets the weight of each share; some may be 0, not all. count > 0. */
typedef void credit_weigh(const struct credit_model *model, const struct weighed_touch *touches,
                          size_t count, struct credit_share *shares);

enum { MODEL_WEIGHTS = 32 };

struct credit_model {
    const char *text; /* as given, e.g. "time-decay:7d" */
    credit_weigh *weigh;
    bool single;                     /* one touch gets all */
    bool ranks;                      /* lower priorities take part, behind the higher ones */
    uint64_t weights[MODEL_WEIGHTS]; /* in 10^-9 */
    size_t weight_count;
    uint64_t half_life; /* ns */
};

extern const struct credit_model credit_model_default; /* last */

/* "last", "first", "linear", "position:.4,.2,.4", "time-decay:7d", "weights:.5,.3,.2". Target:
   struct credit_model. */
bool credit_model_store(void *target, const char *argument, struct error_text *error);

#endif
