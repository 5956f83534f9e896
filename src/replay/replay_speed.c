#include "replay/replay_speed.h"

#include <string.h>

enum { MOST_DIGITS = 9 };

/* Up to nine digits at *at are appended to *value; their number. */
static int take_digits(const char **at, uint64_t *value)
{
    int count = 0;
    for (; **at >= '0' && **at <= '9' && count < MOST_DIGITS; ++*at, count++)
        *value = *value * 10 + (uint64_t)(**at - '0');
    return count;
}

bool replay_speed_parse(const char *text, struct replay_speed *speed, struct error_text *error)
{
    struct replay_speed parsed = {0, 1};
    const char *at = text;

    if (strcmp(text, "max") == 0) {
        *speed = parsed;
        return true;
    }
    bool fine = take_digits(&at, &parsed.factor) > 0;
    if (fine && *at == '.') {
        at++;
        int digits = take_digits(&at, &parsed.factor);
        fine = digits > 0;
        while (digits-- > 0)
            parsed.divisor *= 10;
    }
    if (fine && *at == '\0')
        return refuse(error, "'%s' lacks its x (%sx)", text, text);
    if (!fine || strcmp(at, "x") != 0 || parsed.factor == 0)
        return refuse(error, "'%s' is not a speed (1x, 60x, 0.5x, max)", text);
    *speed = parsed;
    return true;
}

bool replay_speed_store(void *target, const char *argument, struct error_text *error)
{
    return replay_speed_parse(argument, target, error);
}

int64_t replay_speed_scale(struct replay_speed speed, int64_t recorded)
{
    __extension__ typedef __int128 wide;
    if (speed.factor == speed.divisor)
        return recorded;
    wide scaled = (wide)recorded * (wide)speed.divisor;
    wide quotient = scaled / (wide)speed.factor - (scaled % (wide)speed.factor < 0);
    if (quotient > INT64_MAX)
        return INT64_MAX;
    return quotient < INT64_MIN ? INT64_MIN : (int64_t)quotient;
}
