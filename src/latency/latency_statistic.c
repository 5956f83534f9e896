#include "latency/latency_statistic.h"

#include <ctype.h>
#include <string.h>

static int64_t value_mean(const struct latency_statistic *statistic,
                          const struct latency_histogram *histogram)
{
    (void)statistic;
    return latency_histogram_mean(histogram);
}

static int64_t value_min(const struct latency_statistic *statistic,
                         const struct latency_histogram *histogram)
{
    (void)statistic;
    return histogram->count == 0 ? 0 : histogram->min;
}

static int64_t value_max(const struct latency_statistic *statistic,
                         const struct latency_histogram *histogram)
{
    (void)statistic;
    return histogram->count == 0 ? 0 : histogram->max;
}

static int64_t value_deviation(const struct latency_statistic *statistic,
                               const struct latency_histogram *histogram)
{
    (void)statistic;
    return (int64_t)(latency_histogram_deviation(histogram) + 0.5);
}

static int64_t value_count(const struct latency_statistic *statistic,
                           const struct latency_histogram *histogram)
{
    (void)statistic;
    return (int64_t)histogram->count;
}

static int64_t value_negative(const struct latency_statistic *statistic,
                              const struct latency_histogram *histogram)
{
    (void)statistic;
    return (int64_t)histogram->negative;
}

static int64_t value_percentile(const struct latency_statistic *statistic,
                                const struct latency_histogram *histogram)
{
    return latency_histogram_percentile(histogram, statistic->percent);
}

static const struct latency_statistic named[] = {
    {"avg", "AVG", true, 0, value_mean},       {"min", "MIN", true, 0, value_min},
    {"max", "MAX", true, 0, value_max},        {"stddev", "STDDEV", true, 0, value_deviation},
    {"count", "COUNT", false, 0, value_count}, {"negative", "NEGATIVE", false, 0, value_negative},
};

/* Digits and at most six decimals, 0..100, to millionths. */
static bool percent_parse(const char *text, size_t length, uint32_t *percent)
{
    uint64_t value = 0;
    size_t decimals = 0;
    bool point = false;
    if (length == 0 || length > 10 || !isdigit((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '.' && !point && i + 1 < length) {
            point = true;
            continue;
        }
        if (!isdigit((unsigned char)text[i]))
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
        decimals += point;
    }
    if (decimals > 6)
        return false;
    for (; decimals < 6; decimals++)
        value *= 10;
    *percent = (uint32_t)value;
    return value <= LATENCY_HUNDRED_PERCENT;
}

bool latency_statistic_parse(const char *text, size_t length, struct latency_statistic *statistic,
                             struct error_text *error)
{
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (strlen(named[i].name) == length && memcmp(named[i].name, text, length) == 0) {
            *statistic = named[i];
            return true;
        }
    *statistic = (struct latency_statistic){.time = true, .value = value_percentile};
    if (length < 2 || text[0] != 'p' || !percent_parse(text + 1, length - 1, &statistic->percent))
        return refuse(
            error, "'%.*s' is not a statistic (avg, min, max, stddev, count, negative, p50, p99.9)",
            (int)(length > 40 ? 40 : length), text);
    memcpy(statistic->name, text, length);
    memcpy(statistic->label, text, length);
    statistic->label[0] = 'P';
    return true;
}

static bool has(const struct latency_statistics *statistics, const char *name)
{
    for (size_t i = 0; i < statistics->count; i++)
        if (strcmp(statistics->items[i].name, name) == 0)
            return true;
    return false;
}

bool latency_statistics_parse(const char *text, struct latency_statistics *statistics,
                              struct error_text *error)
{
    statistics->count = 0;
    for (;;) {
        struct latency_statistic statistic;
        size_t length = strcspn(text, ",");
        if (!latency_statistic_parse(text, length, &statistic, error))
            return false;
        if (has(statistics, statistic.name))
            return refuse(error, "%s stands there twice", statistic.name);
        if (statistics->count == LATENCY_STATISTICS_MAX)
            return refuse(error, "more than %d statistics", LATENCY_STATISTICS_MAX);
        statistics->items[statistics->count++] = statistic;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

bool latency_statistics_store(void *target, const char *argument, struct error_text *error)
{
    return latency_statistics_parse(argument, target, error);
}
