#include "time/time_range.h"

#include "time/duration.h"

#include <stdio.h>
#include <string.h>

enum { PIECE_SIZE = 64 };

static bool refuse_range(const char *text, struct error_text *error)
{
    return refuse(error, "'%s' is not a range (5m, 0..5m, -1m..5m, 0..<5m, 0<..5m, 0.., all)",
                  text);
}

/* The bounds themselves stand for "none", so a finite end keeps clear of them, also when an open
   end moves it by one. */
static bool parse_end(const char *text, size_t length, int64_t *ns, struct error_text *error)
{
    char piece[PIECE_SIZE];
    if (length >= sizeof(piece))
        return refuse(error, "'%s' is not a duration (500ms, 10s, 2m, 1h30m)", text);
    memcpy(piece, text, length);
    piece[length] = '\0';
    if (!duration_parse_signed(piece, ns, error))
        return false;
    if (*ns == INT64_MAX || *ns == -INT64_MAX)
        return refuse(error, "'%s' is too long", piece);
    return true;
}

static bool parse_bare(const char *text, enum bare_duration bare, struct time_range *range,
                       struct error_text *error)
{
    int64_t ns = 0;
    if (!parse_end(text, strlen(text), &ns, error))
        return *text >= '0' && *text <= '9' ? false : refuse_range(text, error);
    if (ns < 0)
        return refuse(error, "'%s' is negative: write %s..0 or 0..%s", text, text, text + 1);
    range->lower = bare == BARE_SYMMETRIC ? -ns : 0;
    range->upper = ns;
    return true;
}

static bool parse_lower(const char *text, size_t length, struct time_range *range,
                        struct error_text *error)
{
    bool open = length && text[length - 1] == '<';
    if (length == 0)
        return true;
    if (!parse_end(text, length - open, &range->lower, error))
        return false;
    range->lower += open;
    return true;
}

static bool parse_upper(const char *text, struct time_range *range, struct error_text *error)
{
    bool open = *text == '<';
    if (*text == '\0')
        return true;
    if (!parse_end(text + open, strlen(text + open), &range->upper, error))
        return false;
    range->upper -= open;
    return true;
}

bool time_range_parse(const char *text, enum bare_duration bare, struct time_range *range,
                      struct error_text *error)
{
    const char *dots = strstr(text, "..");
    struct time_range parsed = {INT64_MIN, INT64_MAX, true};
    bool fine = true;

    if (*text == '\0' || strcmp(text, "..") == 0)
        return refuse_range(text, error);
    if (strcmp(text, "all") == 0) {
        *range = parsed;
        return true;
    }
    if (!dots)
        fine = parse_bare(text, bare, &parsed, error);
    else
        fine = parse_lower(text, (size_t)(dots - text), &parsed, error) &&
               parse_upper(dots + 2, &parsed, error);
    if (fine)
        *range = parsed;
    return fine;
}

bool time_range_store_symmetric(void *target, const char *argument, struct error_text *error)
{
    return time_range_parse(argument, BARE_SYMMETRIC, target, error);
}

bool time_range_store_forward(void *target, const char *argument, struct error_text *error)
{
    return time_range_parse(argument, BARE_FORWARD, target, error);
}
