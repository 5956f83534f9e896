#include "window/aggregate.h"

#include "window/aggregate_saving.h"
#include "window/distinct_estimate.h"
#include "window/exact_sum.h"
#include "window/greatest_values.h"
#include "window/kept_value.h"
#include "window/log_histogram.h"
#include "window/spread.h"
#include "window/time_list.h"
#include "window/timed_value.h"
#include "window/value_set.h"

#include <string.h>

static void count_update(const struct aggregate *aggregate, void *state,
                         const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate, (void)argument, (void)time;
    ++*(uint64_t *)state;
}

static void count_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    *(uint64_t *)into += *(const uint64_t *)from;
}

static struct value count_result(const struct aggregate *aggregate, const void *state,
                                 struct scratch *scratch)
{
    (void)aggregate, (void)scratch;
    return value_integer((int64_t) * (const uint64_t *)state);
}

static void sum_update(const struct aggregate *aggregate, void *state,
                       const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate, (void)time;
    exact_sum_add(state, &argument->value);
}

static void sum_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    exact_sum_merge(into, from);
}

static struct value sum_result(const struct aggregate *aggregate, const void *state,
                               struct scratch *scratch)
{
    (void)aggregate, (void)scratch;
    return exact_sum_total(state);
}

static struct value avg_result(const struct aggregate *aggregate, const void *state,
                               struct scratch *scratch)
{
    (void)aggregate, (void)scratch;
    return exact_sum_mean(state);
}

/* As long as the sum is exact. */
static bool sum_commutes(const struct aggregate *aggregate, const void *state,
                         const struct aggregate_argument *argument)
{
    struct exact_sum sum = *(const struct exact_sum *)state;
    (void)aggregate;
    exact_sum_add(&sum, &argument->value);
    return !sum.rounded;
}

static void stddev_update(const struct aggregate *aggregate, void *state,
                          const struct aggregate_argument *argument, int64_t time)
{
    double number = 0;
    (void)aggregate, (void)time;
    value_double_of(&argument->value, &number);
    spread_add(state, number);
}

static void stddev_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    spread_merge(into, from);
}

static struct value stddev_result(const struct aggregate *aggregate, const void *state,
                                  struct scratch *scratch)
{
    (void)aggregate, (void)scratch;
    return spread_deviation(state);
}

/* The last digits depend on the order in which numbers come together. */
static bool stddev_commutes(const struct aggregate *aggregate, const void *state,
                            const struct aggregate_argument *argument)
{
    (void)aggregate, (void)state, (void)argument;
    return false;
}

/* Of equal values the first one stays. */
static void min_update(const struct aggregate *aggregate, void *state,
                       const struct aggregate_argument *argument, int64_t time)
{
    struct kept_value *least = state;
    (void)aggregate, (void)time;
    if (kept_value_absent(least) || kept_value_compare_slice(least, argument->value.slice) > 0)
        kept_value_set(least, argument->value.slice);
}

static void max_update(const struct aggregate *aggregate, void *state,
                       const struct aggregate_argument *argument, int64_t time)
{
    struct kept_value *greatest = state;
    (void)aggregate, (void)time;
    if (kept_value_absent(greatest) ||
        kept_value_compare_slice(greatest, argument->value.slice) < 0)
        kept_value_set(greatest, argument->value.slice);
}

static void min_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    const struct kept_value *other = from;
    (void)aggregate;
    if (!kept_value_absent(other) &&
        (kept_value_absent(into) || kept_value_compare(into, other) > 0))
        kept_value_copy(into, other);
}

static void max_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    const struct kept_value *other = from;
    (void)aggregate;
    if (!kept_value_absent(other) &&
        (kept_value_absent(into) || kept_value_compare(into, other) < 0))
        kept_value_copy(into, other);
}

static struct value kept_result(const struct aggregate *aggregate, const void *state,
                                struct scratch *scratch)
{
    (void)aggregate;
    return value_from_slice(kept_value_slice(state, scratch));
}

static void kept_clear(void *state)
{
    kept_value_clear(state);
}

/* Of equal values the earlier cell's spelling stays. */
static bool kept_commutes(const struct aggregate *aggregate, const void *state,
                          const struct aggregate_argument *argument)
{
    (void)aggregate;
    return kept_value_absent(state) || kept_value_compare_slice(state, argument->value.slice) != 0;
}

static void first_update(const struct aggregate *aggregate, void *state,
                         const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate;
    timed_value_take_first(state, time, argument->value.slice);
}

static void last_update(const struct aggregate *aggregate, void *state,
                        const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate;
    timed_value_take_last(state, time, argument->value.slice);
}

static void first_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    timed_value_merge_first(into, from);
}

static void last_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    timed_value_merge_last(into, from);
}

static void distinct_update(const struct aggregate *aggregate, void *state,
                            const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate, (void)time;
    value_set_add(state, &argument->key);
}

static void distinct_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    value_set_merge(into, from);
}

static struct value distinct_result(const struct aggregate *aggregate, const void *state,
                                    struct scratch *scratch)
{
    const struct value_set *set = state;
    (void)aggregate, (void)scratch;
    return value_integer((int64_t)set->count);
}

static void distinct_clear(void *state)
{
    value_set_clear(state);
}

static void approx_update(const struct aggregate *aggregate, void *state,
                          const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate, (void)time;
    distinct_estimate_add(state, &argument->key);
}

static void approx_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    distinct_estimate_merge(into, from);
}

static struct value approx_result(const struct aggregate *aggregate, const void *state,
                                  struct scratch *scratch)
{
    (void)aggregate, (void)scratch;
    return value_integer((int64_t)distinct_estimate_count(state));
}

static void approx_clear(void *state)
{
    distinct_estimate_clear(state);
}

static void quantile_update(const struct aggregate *aggregate, void *state,
                            const struct aggregate_argument *argument, int64_t time)
{
    double number = 0;
    (void)aggregate, (void)time;
    value_double_of(&argument->value, &number);
    log_histogram_add(state, number);
}

static void quantile_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    log_histogram_merge(into, from);
}

static struct value quantile_result(const struct aggregate *aggregate, const void *state,
                                    struct scratch *scratch)
{
    const struct log_histogram *histogram = state;
    (void)scratch;
    if (histogram->count == 0)
        return value_null();
    return value_double(log_histogram_quantile(histogram, aggregate->share));
}

static void quantile_clear(void *state)
{
    log_histogram_clear(state);
}

static void top_update(const struct aggregate *aggregate, void *state,
                       const struct aggregate_argument *argument, int64_t time)
{
    (void)time;
    greatest_values_add(state, aggregate->number, argument->value.slice);
}

static void top_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    greatest_values_merge(into, aggregate->number, from);
}

static struct value top_result(const struct aggregate *aggregate, const void *state,
                               struct scratch *scratch)
{
    (void)aggregate;
    return value_from_slice(greatest_values_array(state, scratch));
}

static void top_clear(void *state)
{
    greatest_values_clear(state);
}

static void collect_update(const struct aggregate *aggregate, void *state,
                           const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate;
    time_list_add(state, time, argument->value.slice);
}

static void records_update(const struct aggregate *aggregate, void *state,
                           const struct aggregate_argument *argument, int64_t time)
{
    (void)aggregate;
    time_list_add(state, time, argument->line);
}

static void collect_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    (void)aggregate;
    time_list_merge(into, from);
}

static struct value collect_result(const struct aggregate *aggregate, const void *state,
                                   struct scratch *scratch)
{
    const struct time_list *list = state;
    const struct time_entry *entries = time_list_sorted(list, scratch);
    char *text = scratch_take(scratch, list->used + list->count + 2);
    size_t length = 0;
    (void)aggregate;
    text[length++] = '[';
    for (size_t i = 0; i < list->count; i++) {
        struct json_slice item = time_list_text(list, &entries[i]);
        if (i > 0)
            text[length++] = ',';
        memcpy(text + length, item.text, item.length);
        length += item.length;
    }
    text[length++] = ']';
    return value_from_slice((struct json_slice){text, (uint32_t)length, JSON_ARRAY, 0});
}

/* They are not a value: see result_writer_each(). */
static struct value records_result(const struct aggregate *aggregate, const void *state,
                                   struct scratch *scratch)
{
    (void)aggregate, (void)state, (void)scratch;
    return value_null();
}

static void collect_clear(void *state)
{
    time_list_clear(state);
}

static const struct aggregate_function function_table[] = {
    {"count", TAKES_ROW, SECOND_CONDITION, sizeof(uint64_t), count_update, count_merge, NULL,
     count_result, NULL, false, false, count_state_save, count_state_restore},
    {"sum", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct exact_sum), sum_update, sum_merge,
     sum_commutes, sum_result, NULL, false, false, sum_state_save, sum_state_restore},
    {"avg", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct exact_sum), sum_update, sum_merge,
     sum_commutes, avg_result, NULL, false, false, sum_state_save, sum_state_restore},
    {"min", TAKES_VALUE, SECOND_CONDITION, sizeof(struct kept_value), min_update, min_merge,
     kept_commutes, kept_result, kept_clear, false, false, kept_state_save, kept_state_restore},
    {"max", TAKES_VALUE, SECOND_CONDITION, sizeof(struct kept_value), max_update, max_merge,
     kept_commutes, kept_result, kept_clear, false, false, kept_state_save, kept_state_restore},
    {"first", TAKES_VALUE, SECOND_CONDITION, sizeof(struct timed_value), first_update, first_merge,
     NULL, kept_result, kept_clear, false, false, timed_state_save, timed_state_restore},
    {"last", TAKES_VALUE, SECOND_CONDITION, sizeof(struct timed_value), last_update, last_merge,
     NULL, kept_result, kept_clear, false, false, timed_state_save, timed_state_restore},
    {"stddev", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct spread), stddev_update, stddev_merge,
     stddev_commutes, stddev_result, NULL, false, false, stddev_state_save, stddev_state_restore},
    {"distinct", TAKES_KEY, SECOND_CONDITION, sizeof(struct value_set), distinct_update,
     distinct_merge, NULL, distinct_result, distinct_clear, true, true, distinct_state_save,
     distinct_state_restore},
    {"approx_distinct", TAKES_KEY, SECOND_CONDITION, sizeof(struct distinct_estimate),
     approx_update, approx_merge, NULL, approx_result, approx_clear, true, false, approx_state_save,
     approx_state_restore},
    {"quantile", TAKES_NUMBER, SECOND_SHARE, sizeof(struct log_histogram), quantile_update,
     quantile_merge, NULL, quantile_result, quantile_clear, true, false, quantile_state_save,
     quantile_state_restore},
    {"top", TAKES_VALUE, SECOND_NUMBER, sizeof(struct greatest_values), top_update, top_merge, NULL,
     top_result, top_clear, true, false, top_state_save, top_state_restore},
    {"collect", TAKES_VALUE, SECOND_CONDITION, sizeof(struct time_list), collect_update,
     collect_merge, NULL, collect_result, collect_clear, true, true, collect_state_save,
     collect_state_restore},
};

enum { FUNCTION_COUNT = sizeof function_table / sizeof *function_table };

const struct aggregate_function aggregate_records = {"",
                                                     TAKES_LINE,
                                                     SECOND_CONDITION,
                                                     sizeof(struct time_list),
                                                     records_update,
                                                     collect_merge,
                                                     NULL,
                                                     records_result,
                                                     collect_clear,
                                                     true,
                                                     true,
                                                     collect_state_save,
                                                     collect_state_restore};

const struct aggregate_function *aggregate_function_find(const char *name, size_t length)
{
    for (size_t i = 0; i < FUNCTION_COUNT; i++)
        if (strlen(function_table[i].name) == length &&
            memcmp(function_table[i].name, name, length) == 0)
            return &function_table[i];
    return NULL;
}

const char *aggregate_function_name(size_t index)
{
    return index < FUNCTION_COUNT ? function_table[index].name : NULL;
}
