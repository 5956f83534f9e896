#include "latency/latency_assertion.h"

#include "latency/latency_number.h"
#include "time/duration.h"

#include <ctype.h>
#include <string.h>

#define RATIO_UNIT 1000000

struct assertion_operator {
    const char *text;
    bool below; /* true where the value is less than the limit */
    bool equal;
};

/* The longer ones first: "<" is a beginning of "<=". */
static const struct assertion_operator operators[] = {
    {"<=", true, true}, {">=", false, true}, {"<", true, false}, {">", false, false}};

static const struct assertion_operator *operator_at(const char *text)
{
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++)
        if (strncmp(text, operators[i].text, strlen(operators[i].text)) == 0)
            return &operators[i];
    return NULL;
}

/* Digits with at most six decimals, to millionths; *end is the first byte behind. */
static bool decimal_limit(const char *text, const char **end, int64_t *millionths)
{
    int64_t value = 0;
    int decimals = -1;
    const char *at = text;
    for (; isdigit((unsigned char)*at) || (*at == '.' && decimals < 0); at++) {
        if (*at == '.') {
            decimals = 0;
            continue;
        }
        if (decimals == 6 || value > INT64_MAX / RATIO_UNIT / 10 - 1)
            return false;
        value = value * 10 + (*at - '0');
        decimals += decimals >= 0;
    }
    if (at == text || at[-1] == '.' || *text == '.')
        return false;
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 6; decimals++)
        value *= 10;
    *end = at;
    *millionths = value;
    return true;
}

static bool limit_parse(struct latency_assertion *assertion, const char *text,
                        struct error_text *error)
{
    const char *end = text;
    int64_t number = 0;
    bool plain = decimal_limit(text, &end, &number);
    assertion->ratio = plain && strcmp(end, "x") == 0;
    assertion->limit = number;
    if (assertion->ratio)
        return true;
    if (assertion->statistic.time)
        return duration_parse_signed(text, &assertion->limit, error);
    if (!plain || *end != '\0' || number % RATIO_UNIT != 0)
        return refuse(error, "'%.40s' is not a number of records", text);
    assertion->limit = number / RATIO_UNIT;
    return true;
}

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " ");
}

bool latency_assertion_parse(const char *text, struct latency_assertion *assertion,
                             struct error_text *error)
{
    const char *start = skip_blanks(text);
    size_t length = strcspn(start, " <>=");
    const char *sign = skip_blanks(start + length);
    memset(assertion, 0, sizeof *assertion);
    assertion->text = text;
    assertion->operator= operator_at(sign);
    if (assertion->operator== NULL)
        return refuse(error, "'%.60s' is not STATISTIC<VALUE (<, <=, >, >=), such as p99<50ms",
                      text);
    return latency_statistic_parse(start, length, &assertion->statistic, error) &&
           limit_parse(assertion, skip_blanks(sign + strlen(assertion->operator->text)), error);
}

static bool compare(const struct assertion_operator *operator, int128 value, int128 limit)
{
    return value == limit ? operator->equal : (value < limit) == operator->below;
}

static void describe(const struct latency_assertion *assertion, int64_t value,
                     char text[LATENCY_NUMBER_SIZE])
{
    if (assertion->statistic.time)
        latency_number_format(value, "us", text);
    else
        latency_number_count((uint64_t)value, text);
}

bool latency_assertion_holds(const struct latency_assertion *assertion,
                             const struct latency_histogram *histogram, struct error_text *verdict)
{
    int64_t value = latency_statistic_value(&assertion->statistic, histogram);
    char value_text[LATENCY_NUMBER_SIZE];
    char count_text[LATENCY_NUMBER_SIZE];
    if (histogram->count == 0)
        return refuse(verdict, "there are no samples");
    describe(assertion, value, value_text);
    refuse(verdict, "%s is %s in %s records", assertion->statistic.name, value_text,
           latency_number_count(histogram->count, count_text));
    return compare(assertion->operator, value, assertion->limit);
}

bool latency_assertion_holds_ratio(const struct latency_assertion *assertion,
                                   const struct latency_histogram *first,
                                   const struct latency_histogram *second,
                                   struct error_text *verdict)
{
    int64_t base = latency_statistic_value(&assertion->statistic, first);
    int64_t value = latency_statistic_value(&assertion->statistic, second);
    char texts[3][LATENCY_NUMBER_SIZE];
    if (first->count == 0 || second->count == 0)
        return refuse(verdict, "the %s run has no samples", first->count == 0 ? "first" : "second");
    describe(assertion, base, texts[0]);
    describe(assertion, value, texts[1]);
    refuse(verdict, "%s went from %s to %s (%s)", assertion->statistic.name, texts[0], texts[1],
           latency_number_ratio(value, base, texts[2]));
    if (base <= 0 || value < 0)
        return false;
    return compare(assertion->operator,(int128) value * RATIO_UNIT,
                   (int128)base * assertion->limit);
}
