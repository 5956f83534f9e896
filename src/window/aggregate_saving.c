#include "window/aggregate_saving.h"

#include "state/line_fields.h"
#include "window/distinct_estimate.h"
#include "window/exact_sum.h"
#include "window/greatest_values.h"
#include "window/kept_value.h"
#include "window/log_histogram.h"
#include "window/spread.h"
#include "window/time_list.h"
#include "window/timed_value.h"
#include "window/value_set.h"

bool count_state_save(const struct aggregate *aggregate, void *state, bool anew,
                      struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    line_add_natural(out, "", *(const uint64_t *)state);
    return true;
}

bool count_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    int64_t count;
    (void)aggregate;
    if (saved.kind != JSON_NUMBER || !integer_parse(saved, &count) || count < 0)
        return false;
    *(uint64_t *)state = (uint64_t)count;
    return true;
}

bool sum_state_save(const struct aggregate *aggregate, void *state, bool anew,
                    struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    exact_sum_save(state, out);
    return true;
}

bool sum_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return exact_sum_restore(state, saved);
}

bool stddev_state_save(const struct aggregate *aggregate, void *state, bool anew,
                       struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    spread_save(state, out);
    return true;
}

bool stddev_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return spread_restore(state, saved);
}

bool kept_state_save(const struct aggregate *aggregate, void *state, bool anew,
                     struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    kept_value_save(state, out);
    return true;
}

bool kept_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return kept_value_restore(state, saved);
}

bool timed_state_save(const struct aggregate *aggregate, void *state, bool anew,
                      struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    timed_value_save(state, out);
    return true;
}

bool timed_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return timed_value_restore(state, saved);
}

bool distinct_state_save(const struct aggregate *aggregate, void *state, bool anew,
                         struct text_buffer *out)
{
    (void)aggregate;
    return value_set_save(state, anew, out);
}

bool distinct_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return value_set_restore(state, saved);
}

bool approx_state_save(const struct aggregate *aggregate, void *state, bool anew,
                       struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    distinct_estimate_save(state, out);
    return true;
}

bool approx_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return distinct_estimate_restore(state, saved);
}

bool quantile_state_save(const struct aggregate *aggregate, void *state, bool anew,
                         struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    log_histogram_save(state, out);
    return true;
}

bool quantile_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return log_histogram_restore(state, saved);
}

bool top_state_save(const struct aggregate *aggregate, void *state, bool anew,
                    struct text_buffer *out)
{
    (void)aggregate, (void)anew;
    greatest_values_save(state, out);
    return true;
}

bool top_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    return greatest_values_restore(state, aggregate->number, saved);
}

bool collect_state_save(const struct aggregate *aggregate, void *state, bool anew,
                        struct text_buffer *out)
{
    (void)aggregate;
    return time_list_save(state, anew, out);
}

bool collect_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved)
{
    (void)aggregate;
    return time_list_restore(state, saved);
}
