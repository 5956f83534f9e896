#include "window/window_spec.h"

#include "time/duration.h"
#include "time/timestamp.h"

#include <inttypes.h>
#include <string.h>

#define DAY (86400 * NS_PER_SECOND)
/* So that no sum of a time and two sizes passes the limits of int64. */
#define SIZE_LIMIT (INT64_MAX / 16)
/* A record's windows: each of them is a result. A day by 100 ms is 864000. */
#define MOST_WINDOWS 1000000

static int64_t floor_to(int64_t value, int64_t step)
{
    int64_t rest = value % step;
    return value - rest - (rest < 0 ? step : 0);
}

static int64_t common_divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static bool parse_size(const char *text, size_t length, const char *what, int64_t *size,
                       struct error_text *error)
{
    char part[64];
    struct error_text why;
    if (length >= sizeof part)
        return refuse(error, "'%s' is not SIZE or SIZE/%s", text, what);
    memcpy(part, text, length);
    part[length] = '\0';
    if (!duration_parse(part, size, &why))
        return refuse(error, "%s", why.text);
    if (*size == 0)
        return refuse(error, "a window of length 0 holds nothing");
    return *size <= SIZE_LIMIT || refuse(error, "%s is too long for a window", part);
}

/* "SIZE/SLIDE"; *slide stays where there is no slash. */
static bool parse_pair(const char *text, const char *what, int64_t *size, int64_t *slide,
                       struct error_text *error)
{
    size_t length = strcspn(text, "/");
    return parse_size(text, length, what, size, error) &&
           (text[length] == '\0' ||
            parse_size(text + length + 1, strlen(text + length + 1), what, slide, error));
}

static bool prefix(const char *option, struct error_text *error)
{
    struct error_text reason = *error;
    return refuse(error, "%s: %.200s", option, reason.text);
}

static bool check_overlap(const struct window_spec *spec, const char *option,
                          struct error_text *error)
{
    int64_t windows = (spec->size - 1) / spec->slide + 1;
    return windows <= MOST_WINDOWS ||
           refuse(error, "%s: each record would be in up to %" PRId64 " windows; at most %d",
                  option, windows, MOST_WINDOWS);
}

static bool make_hopping(struct window_spec *spec, const char *text, struct error_text *error)
{
    spec->kind = WINDOW_HOPPING;
    if (!parse_pair(text, "SLIDE", &spec->size, &spec->slide, error))
        return prefix("--window", error);
    if (spec->slide == 0)
        spec->slide = spec->size;
    spec->slice = common_divisor(spec->size, spec->slide);
    return check_overlap(spec, "--window", error);
}

static bool make_cumulate(struct window_spec *spec, const char *text, struct error_text *error)
{
    spec->kind = WINDOW_CUMULATE;
    if (!parse_pair(text, "STEP", &spec->size, &spec->slide, error))
        return prefix("--cumulate", error);
    if (spec->slide == 0)
        return refuse(error, "--cumulate: needs SIZE/STEP, as in 1d/1h");
    if (spec->size % spec->slide != 0)
        return refuse(error, "--cumulate: the size is not a multiple of the step");
    spec->slice = spec->slide;
    return check_overlap(spec, "--cumulate", error);
}

static bool make_session(struct window_spec *spec, const struct window_options *options,
                         struct error_text *error)
{
    spec->kind = WINDOW_SESSION;
    spec->gap = options->session;
    spec->longest = options->max_session;
    if (spec->gap == 0)
        return refuse(error, "--session: a gap of 0 joins nothing");
    return (spec->gap <= SIZE_LIMIT && spec->longest <= SIZE_LIMIT) ||
           refuse(error, "--session: too long");
}

/* From one start of windows to the next. */
static int64_t period_of(const struct window_spec *spec)
{
    return spec->kind == WINDOW_CUMULATE ? spec->size : spec->slide;
}

/* Windows shorter than a day that begin at local times whatever the clock is set to have no need
   of it, and keep their length. */
static bool follow_calendar(struct window_spec *spec, const char *zone, struct error_text *error)
{
    int64_t ahead;
    if (spec->kind != WINDOW_HOPPING && spec->kind != WINDOW_CUMULATE)
        return refuse(error, "--tz: only windows of a fixed size begin by a clock");
    spec->calendar = window_calendar_new(zone, error);
    if (spec->calendar == NULL)
        return prefix("--tz", error);
    spec->zoned = true;
    if (spec->size >= DAY || !window_calendar_keeps(spec->calendar, period_of(spec), &ahead))
        return true;
    spec->offset -= ahead;
    window_spec_free(spec);
    return true;
}

static bool check_offset(const struct window_spec *spec, int64_t offset, struct error_text *error)
{
    int64_t period = period_of(spec);
    if (offset == 0)
        return true;
    if (spec->kind == WINDOW_WHOLE || spec->kind == WINDOW_SESSION)
        return refuse(error, "--offset: only windows of a fixed size can be shifted");
    return (offset < period && -offset < period) ||
           refuse(error, "--offset: not shorter than the distance of two windows");
}

static bool make_kind(struct window_spec *spec, const struct window_options *options,
                      struct error_text *error)
{
    if ((options->window != NULL) + (options->cumulate != NULL) + (options->session >= 0) > 1)
        return refuse(error, "--window, --cumulate and --session: one of them");
    if (options->max_session > 0 && options->session < 0)
        return refuse(error, "--max-session: there is no --session");
    if (options->window != NULL)
        return make_hopping(spec, options->window, error);
    if (options->cumulate != NULL)
        return make_cumulate(spec, options->cumulate, error);
    if (options->session >= 0)
        return make_session(spec, options, error);
    *spec = (struct window_spec){.kind = WINDOW_WHOLE, .size = 1, .slide = 1, .slice = 1};
    return options->lateness == 0 ||
           refuse(error, "--lateness: the window over the whole input closes at its end");
}

bool window_spec_make(struct window_spec *spec, const struct window_options *options,
                      struct error_text *error)
{
    *spec = (struct window_spec){0};
    if (!make_kind(spec, options, error) || !check_offset(spec, options->offset, error))
        return false;
    spec->offset = options->offset;
    spec->lateness = options->lateness;
    if (options->lateness > SIZE_LIMIT)
        return refuse(error, "--lateness: too long");
    return options->zone == NULL || follow_calendar(spec, options->zone, error);
}

void window_spec_free(struct window_spec *spec)
{
    window_calendar_free(spec->calendar);
    spec->calendar = NULL;
}

int64_t window_slice(const struct window_spec *spec, int64_t time)
{
    int64_t unit = time;
    if (spec->kind == WINDOW_WHOLE)
        return 0;
    if (spec->calendar != NULL)
        unit = window_calendar_reading(spec->calendar, time);
    return floor_to(unit - spec->offset, spec->slice) + spec->offset;
}

/* Where the latest window begins that does not begin behind the slice. */
static int64_t latest_start(const struct window_spec *spec, int64_t slice)
{
    return floor_to(slice - spec->offset, period_of(spec)) + spec->offset;
}

bool window_last_end(const struct window_spec *spec, int64_t slice, int64_t *end)
{
    *end = latest_start(spec, slice) + spec->size;
    return *end > slice;
}

/* Where a clock is set forward, several ends may name one window. */
static bool same_window(const struct window_spec *spec, int64_t end, int64_t other)
{
    return window_time(spec, end) == window_time(spec, other) &&
           window_time(spec, window_start(spec, end)) ==
               window_time(spec, window_start(spec, other));
}

/* Of several ends that name one window, the last. */
static int64_t last_name(const struct window_spec *spec, int64_t end)
{
    while (spec->calendar != NULL && same_window(spec, end, end + spec->slide))
        end += spec->slide;
    return end;
}

bool window_first_end(const struct window_spec *spec, int64_t slice, int64_t *end)
{
    if (!window_last_end(spec, slice, end))
        return false;
    *end = last_name(spec, *end - floor_to(*end - slice - 1, spec->slide));
    return true;
}

int64_t window_next_end(const struct window_spec *spec, int64_t end)
{
    return last_name(spec, end + spec->slide);
}

int64_t window_start(const struct window_spec *spec, int64_t end)
{
    if (spec->kind == WINDOW_CUMULATE)
        return latest_start(spec, end - spec->slide);
    return end - spec->size;
}

int64_t window_time(const struct window_spec *spec, int64_t unit)
{
    if (spec->kind == WINDOW_WHOLE)
        return unit > 0 ? INT64_MAX : INT64_MIN;
    return spec->calendar == NULL ? unit : window_calendar_instant(spec->calendar, unit);
}
