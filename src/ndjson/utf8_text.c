#include "ndjson/utf8_text.h"

/* The length of the UTF-8 sequence at `at`, 0 if there is none (Unicode 15, table 3-7). */
static size_t utf8_sequence(const unsigned char *at, size_t left)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;
    if (at[0] < 0x80)
        return 1;
    if (at[0] < 0xc2 || at[0] > 0xf4)
        return 0;
    length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] == 0xe0)
        low = 0xa0;
    else if (at[0] == 0xed)
        high = 0x9f;
    else if (at[0] == 0xf0)
        low = 0x90;
    else if (at[0] == 0xf4)
        high = 0x8f;
    if (left < length || at[1] < low || at[1] > high)
        return 0;
    for (size_t i = 2; i < length; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    return length;
}

bool utf8_valid(const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_sequence((const unsigned char *)bytes + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

void utf8_repair(struct text_buffer *out, const char *bytes, size_t length)
{
    size_t at = 0;
    while (at < length) {
        size_t step = utf8_sequence((const unsigned char *)bytes + at, length - at);
        if (step > 0)
            text_buffer_add(out, bytes + at, step);
        else
            text_buffer_add_text(out, "\xef\xbf\xbd");
        at += step > 0 ? step : 1;
    }
}
