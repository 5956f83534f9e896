#ifndef WINDOW_EXACT_SUM_H
#define WINDOW_EXACT_SUM_H

#include "expression/value.h"

#include <stdbool.h>
#include <stdint.h>

/* A sum of numbers, exact as long as it fits a decimal of 128 bits (doubles count as the decimals
   that are printed for them); a double after that. Starts zeroed. */
struct exact_sum {
    union {
        int128 coefficient;
        double real; /* if rounded */
    };
    int32_t exponent;
    bool rounded;
    uint64_t count; /* of numbers added */
};

void exact_sum_add_value(struct exact_sum *sum, const struct value *number);
void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other);

/* A number: integers without a detour. */
static inline void exact_sum_add(struct exact_sum *sum, const struct value *number)
{
    int128 total;
    if (number->form == VALUE_DECIMAL && number->decimal.exponent == 0 && sum->exponent == 0 &&
        !sum->rounded &&
        !__builtin_add_overflow(sum->coefficient, number->decimal.coefficient, &total)) {
        sum->coefficient = total;
        sum->count++;
        return;
    }
    exact_sum_add_value(sum, number);
}

/* Null if nothing was added. */
struct value exact_sum_total(const struct exact_sum *sum);
struct value exact_sum_mean(const struct exact_sum *sum);

/* {"count":N,"sum":"DECIMAL"}, see saved_number.h; rounded, the sum is a number. false = not that.
 */
void exact_sum_save(const struct exact_sum *sum, struct text_buffer *out);
bool exact_sum_restore(struct exact_sum *sum, struct json_slice saved);

#endif
