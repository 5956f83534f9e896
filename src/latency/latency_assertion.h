#ifndef LATENCY_LATENCY_ASSERTION_H
#define LATENCY_LATENCY_ASSERTION_H

#include "cli/diagnostics.h"
#include "latency/latency_statistic.h"

#include <stdbool.h>
#include <stdint.h>

/* A condition on one run ("p99<50ms", "count>=1000") or on how the second of two runs relates to
   the first ("p99<1.1x"): STATISTIC OPERATOR VALUE, operators < <= > >=, blanks between them
   allowed. */
struct latency_assertion {
    const char *text; /* as given; borrowed */
    struct latency_statistic statistic;
    const struct assertion_operator *operator;
    bool ratio;
    int64_t limit; /* ns, records, or the ratio in millionths */
};

bool latency_assertion_parse(const char *text, struct latency_assertion *assertion,
                             struct error_text *error);

/* Both say in *verdict how it stands: "p99 is 61.2ms in 1,000 records". Without samples, or where a
   ratio has no meaning, an assertion is false. */
bool latency_assertion_holds(const struct latency_assertion *assertion,
                             const struct latency_histogram *histogram, struct error_text *verdict);
bool latency_assertion_holds_ratio(const struct latency_assertion *assertion,
                                   const struct latency_histogram *first,
                                   const struct latency_histogram *second,
                                   struct error_text *verdict);

#endif
