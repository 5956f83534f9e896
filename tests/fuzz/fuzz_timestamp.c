#include "time/timestamp.h"
#include "time/timestamp_style.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Written the same way, the time read is the text again: but for leap seconds, and where the zone
   leads out of the range. */
static void check_style(const char *text, size_t size, int64_t ns)
{
    char written[TIMESTAMP_STYLE_SIZE];
    int64_t edge = 2 * 86400 * NS_PER_SECOND;
    if (memcmp(text + 17, "60", 2) == 0 || ns < INT64_MIN + edge || ns > INT64_MAX - edge)
        return;
    if (timestamp_format_like(ns, text, size, TIME_UNIT_UTC, written) != size ||
        memcmp(written, text, size) != 0)
        abort();
}

static void check_text(const char *text, size_t size)
{
    char written[TIMESTAMP_TEXT_SIZE];
    int64_t ns, again;

    if (timestamp_parse(text, size, false, &ns)) {
        if (!timestamp_parse(written, timestamp_format(ns, written), false, &again) || again != ns)
            abort();
        if (!timestamp_parse(text, size, true, &again) || again != ns)
            abort();
        check_style(text, size, ns);
    } else if (timestamp_parse(text, size, true, &ns)) {
        check_style(text, size, ns);
    }
}

/* Long double has the 64 bits that make the comparison with a number's own text exact enough. */
static void check_number(const char *text, size_t size, enum time_unit unit)
{
    static const long double scales[] = {1.0L, 1e3L, 1e6L, 1e9L, 0.0L};
    char copy[512], written[TIMESTAMP_TEXT_SIZE + 1];
    int64_t ns, again;

    if (!timestamp_parse_number(text, size, unit, &ns))
        return;
    if (!timestamp_parse_number(written, timestamp_format_json(ns, TIME_FORMAT_NS, written),
                                TIME_UNIT_NS, &again) ||
        again != ns)
        abort();
    if (size >= sizeof(copy))
        return;
    memcpy(copy, text, size);
    copy[size] = '\0';
    long double difference = strtold(copy, NULL) * scales[unit] - (long double)ns;
    if (difference > 2 || difference < -2)
        abort();
}

/* The first byte selects the reader. The copy has no byte too many, so that reading beyond the end
   is seen. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return 0;
    char *text = malloc(size - 1 ? size - 1 : 1);
    memcpy(text, bytes + 1, size - 1);
    if (bytes[0] % 6 == 5)
        check_text(text, size - 1);
    else
        check_number(text, size - 1, (enum time_unit)(bytes[0] % 6));
    free(text);
    return 0;
}
