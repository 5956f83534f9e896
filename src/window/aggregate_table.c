#include "window/aggregate.h"

#include "window/distinct_estimate.h"
#include "window/exact_sum.h"
#include "window/greatest_values.h"
#include "window/kept_value.h"
#include "window/log_histogram.h"
#include "window/time_list.h"
#include "window/value_set.h"

#include <math.h>
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

/* Welford's running sum of squared differences, merged as Chan, Golub and LeVeque do. */
struct spread {
    uint64_t count;
    double mean;
    double squares;
};

static void stddev_update(const struct aggregate *aggregate, void *state,
                          const struct aggregate_argument *argument, int64_t time)
{
    struct spread *spread = state;
    double number = 0;
    (void)aggregate, (void)time;
    value_double_of(&argument->value, &number);
    double difference = number - spread->mean;
    spread->mean += difference / (double)++spread->count;
    spread->squares += difference * (number - spread->mean);
}

static void stddev_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    struct spread *spread = into;
    const struct spread *other = from;
    double count = (double)(spread->count + other->count);
    double difference = other->mean - spread->mean;
    (void)aggregate;
    if (other->count == 0)
        return;
    spread->mean += difference * (double)other->count / count;
    spread->squares += other->squares + difference * difference * (double)spread->count *
                                            (double)other->count / count;
    spread->count += other->count;
}

/* Of a sample: divided by n - 1, as SQL's STDDEV. */
static struct value stddev_result(const struct aggregate *aggregate, const void *state,
                                  struct scratch *scratch)
{
    const struct spread *spread = state;
    (void)aggregate, (void)scratch;
    if (spread->count < 2)
        return value_null();
    return value_double(sqrt(spread->squares / (double)(spread->count - 1)));
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

struct timed_value {
    struct kept_value value;
    int64_t time;
};

static void first_update(const struct aggregate *aggregate, void *state,
                         const struct aggregate_argument *argument, int64_t time)
{
    struct timed_value *first = state;
    (void)aggregate;
    if (!kept_value_absent(&first->value) && time >= first->time)
        return;
    kept_value_set(&first->value, argument->value.slice);
    first->time = time;
}

static void last_update(const struct aggregate *aggregate, void *state,
                        const struct aggregate_argument *argument, int64_t time)
{
    struct timed_value *last = state;
    (void)aggregate;
    if (!kept_value_absent(&last->value) && time < last->time)
        return;
    kept_value_set(&last->value, argument->value.slice);
    last->time = time;
}

static void take_timed(struct timed_value *into, const struct timed_value *other)
{
    kept_value_copy(&into->value, &other->value);
    into->time = other->time;
}

/* States of disjoint times never tie. */
static void first_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    struct timed_value *first = into;
    const struct timed_value *other = from;
    (void)aggregate;
    if (!kept_value_absent(&other->value) &&
        (kept_value_absent(&first->value) || other->time < first->time))
        take_timed(first, other);
}

static void last_merge(const struct aggregate *aggregate, void *into, const void *from)
{
    struct timed_value *last = into;
    const struct timed_value *other = from;
    (void)aggregate;
    if (!kept_value_absent(&other->value) &&
        (kept_value_absent(&last->value) || other->time > last->time))
        take_timed(last, other);
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
    {"count", TAKES_ROW, SECOND_CONDITION, sizeof(uint64_t), count_update, count_merge,
     count_result, NULL, false},
    {"sum", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct exact_sum), sum_update, sum_merge,
     sum_result, NULL, false},
    {"avg", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct exact_sum), sum_update, sum_merge,
     avg_result, NULL, false},
    {"min", TAKES_VALUE, SECOND_CONDITION, sizeof(struct kept_value), min_update, min_merge,
     kept_result, kept_clear, false},
    {"max", TAKES_VALUE, SECOND_CONDITION, sizeof(struct kept_value), max_update, max_merge,
     kept_result, kept_clear, false},
    {"first", TAKES_VALUE, SECOND_CONDITION, sizeof(struct timed_value), first_update, first_merge,
     kept_result, kept_clear, false},
    {"last", TAKES_VALUE, SECOND_CONDITION, sizeof(struct timed_value), last_update, last_merge,
     kept_result, kept_clear, false},
    {"stddev", TAKES_NUMBER, SECOND_CONDITION, sizeof(struct spread), stddev_update, stddev_merge,
     stddev_result, NULL, false},
    {"distinct", TAKES_KEY, SECOND_CONDITION, sizeof(struct value_set), distinct_update,
     distinct_merge, distinct_result, distinct_clear, true},
    {"approx_distinct", TAKES_KEY, SECOND_CONDITION, sizeof(struct distinct_estimate),
     approx_update, approx_merge, approx_result, approx_clear, true},
    {"quantile", TAKES_NUMBER, SECOND_SHARE, sizeof(struct log_histogram), quantile_update,
     quantile_merge, quantile_result, quantile_clear, true},
    {"top", TAKES_VALUE, SECOND_NUMBER, sizeof(struct greatest_values), top_update, top_merge,
     top_result, top_clear, true},
    {"collect", TAKES_VALUE, SECOND_CONDITION, sizeof(struct time_list), collect_update,
     collect_merge, collect_result, collect_clear, true},
};

enum { FUNCTION_COUNT = sizeof function_table / sizeof *function_table };

const struct aggregate_function aggregate_records = {"",
                                                     TAKES_LINE,
                                                     SECOND_CONDITION,
                                                     sizeof(struct time_list),
                                                     records_update,
                                                     collect_merge,
                                                     records_result,
                                                     collect_clear,
                                                     true};

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
