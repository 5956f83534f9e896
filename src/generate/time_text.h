#ifndef GENERATE_TIME_TEXT_H
#define GENERATE_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NS_TEXT_SIZE 24

/* Event times as decimal ns and ms. The digits of the second at hand are kept, and those of its
   parts come from a table of 000 to 999: consecutive times cost a few copies, no division by ten.
 */
struct time_text {
    int64_t second;         /* begins here, ns */
    char digits[16];        /* the ten digits of its seconds */
    char thousand[1000][4]; /* "000" ... "999" */
};

void time_text_init(struct time_text *text);

/* Makes `time`'s second the one at hand. false: its seconds do not have ten digits (before
   2001-09-09 or negative), so that it must be written the slow way. */
bool time_text_enter(struct time_text *text, int64_t time);

char *time_text_put_slow(char *out, int64_t number);

/* Room for 20 characters at `out`. */
static inline char *time_text_put_ns(struct time_text *text, char *out, int64_t time)
{
    uint64_t part = (uint64_t)time - (uint64_t)text->second;
    if (__builtin_expect(part >= 1000000000, 0)) {
        if (!time_text_enter(text, time))
            return time_text_put_slow(out, time);
        part = (uint64_t)time - (uint64_t)text->second;
    }
    memcpy(out, text->digits, 12);
    memcpy(out + 10, text->thousand[part / 1000000], 4);
    memcpy(out + 13, text->thousand[part / 1000 % 1000], 4);
    memcpy(out + 16, text->thousand[part % 1000], 4);
    return out + 19;
}

/* The same in ms, rounded down. */
static inline char *time_text_put_ms(struct time_text *text, char *out, int64_t time)
{
    uint64_t part = (uint64_t)time - (uint64_t)text->second;
    if (__builtin_expect(part >= 1000000000, 0)) {
        if (!time_text_enter(text, time))
            return time_text_put_slow(out, time / 1000000 - (time % 1000000 < 0));
        part = (uint64_t)time - (uint64_t)text->second;
    }
    memcpy(out, text->digits, 12);
    memcpy(out + 10, text->thousand[part / 1000000], 4);
    return out + 13;
}

#endif
