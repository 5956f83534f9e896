#include "generate/time_text.h"

#include "generate/digits.h"
#include "time/timestamp.h"

static const int64_t TEN_DIGITS = INT64_C(1000000000) * NS_PER_SECOND;

bool time_text_enter(struct time_text *text, int64_t time)
{
    if (time < TEN_DIGITS || time > INT64_MAX - NS_PER_SECOND)
        return false;
    text->second = time - time % NS_PER_SECOND;
    digits_put(text->digits, (uint64_t)(time / NS_PER_SECOND));
    return true;
}

void time_text_init(struct time_text *text)
{
    time_text_enter(text, TEN_DIGITS);
    for (unsigned i = 0; i < 1000; i++) {
        text->thousand[i][0] = (char)('0' + i / 100);
        text->thousand[i][1] = (char)('0' + i / 10 % 10);
        text->thousand[i][2] = (char)('0' + i % 10);
        text->thousand[i][3] = ' ';
    }
}

char *time_text_put_slow(char *out, int64_t number)
{
    return digits_put_signed(out, number);
}
