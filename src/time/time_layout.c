#include "time/time_layout.h"

#include "time/civil_date.h"

#include <string.h>

/* Where things stand. */
enum { DAY = 8, SEPARATOR = 10, HOUR = 11, REST = 19, OFFSET_LENGTH = 6 };

/* Eight characters in one word, the first in the lowest byte. */
static uint64_t word_at(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? word : __builtin_bswap64(word);
}

/* What is left of a word of digits and marks once '0' or the mark was taken from each byte by XOR:
   the digits' values, and 0 for the marks. `room` is what may be added to a byte without reaching
   0x80: 0x76 to a digit, 0x7f to a mark. A carry comes only from bytes above 0x80, which are wrong
   by themselves. */
static bool is_laid_out(uint64_t values, uint64_t room)
{
    return (((values + room) | values) & UINT64_C(0x8080808080808080)) == 0;
}

/* In the byte of each first digit of two: the number they make. */
static uint64_t pairs_of(uint64_t values)
{
    return values * 10 + (values >> 8);
}

static unsigned byte_of(uint64_t word, unsigned index)
{
    return (unsigned)(word >> (8 * index)) & 0xff;
}

/* "YYYY-MM-DD". */
static bool read_date(const char *text, int64_t *days)
{
    uint64_t values = word_at(text) ^ UINT64_C(0x2d30302d30303030);
    uint64_t pairs = pairs_of(values);
    unsigned tens = (unsigned char)text[DAY] - (unsigned)'0';
    unsigned ones = (unsigned char)text[DAY + 1] - (unsigned)'0';
    struct civil_date date = {(int)(byte_of(pairs, 0) * 100 + byte_of(pairs, 2)),
                              (int)byte_of(pairs, 5), (int)(tens * 10 + ones)};
    if (!is_laid_out(values, UINT64_C(0x7f76767f76767676)) || tens > 9 || ones > 9 ||
        date.month < 1 || date.month > 12 || date.day < 1 ||
        (date.day > 28 && date.day > civil_date_days_of_month(date.year, date.month)))
        return false;
    *days = civil_date_to_days(date);
    return true;
}

/* "HH:MM:SS". */
static bool read_time_of_day(const char *text, int64_t *seconds)
{
    uint64_t values = word_at(text) ^ UINT64_C(0x30303a30303a3030);
    uint64_t pairs = pairs_of(values);
    unsigned hour = byte_of(pairs, 0);
    unsigned minute = byte_of(pairs, 3);
    unsigned second = byte_of(pairs, 6);
    *seconds = (int64_t)hour * 3600 + (int64_t)minute * 60 + (int64_t)second;
    return is_laid_out(values, UINT64_C(0x76767f76767f7676)) && hour < 24 && minute < 60 &&
           second < 60;
}

/* The first eight digits in ns, at the lowest bytes of a word of values; the others are 0. */
static int64_t fraction_of(uint64_t values)
{
    values = pairs_of(values) & UINT64_C(0x00ff00ff00ff00ff);
    values = (values * 100 + (values >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (int64_t)((values * 10000 + (values >> 32)) & UINT64_C(0xffffffff)) * 10;
}

static bool is_digit(const char *at, const char *end)
{
    return at < end && *at >= '0' && *at <= '9';
}

/* The digits behind a point, in ns; returns how many they are, at most 9. `end` is that of a text
   of more than 8 bytes. */
static size_t read_fraction(const char *at, const char *end, int64_t *ns)
{
    size_t left = (size_t)(end - at);
    uint64_t word = left >= 8 ? word_at(at) : left == 0 ? 0 : word_at(end - 8) >> (64 - 8 * left);
    uint64_t values = word ^ UINT64_C(0x3030303030303030);
    uint64_t others = ((values + UINT64_C(0x7676767676767676)) | values) &
                      UINT64_C(0x8080808080808080);
    size_t digits = others == 0 ? 8 : (size_t)__builtin_ctzll(others) / 8;
    if (digits < 8)
        values &= (UINT64_C(1) << (8 * digits)) - 1;
    *ns = fraction_of(values);
    if (digits < 8 || !is_digit(at + 8, end))
        return digits;
    *ns += at[8] - '0';
    return 9;
}

/* "+02:00", in seconds east of UTC. */
static bool read_offset(const char *text, int64_t *seconds)
{
    unsigned digits[] = {
        (unsigned char)text[1] - (unsigned)'0', (unsigned char)text[2] - (unsigned)'0',
        (unsigned char)text[4] - (unsigned)'0', (unsigned char)text[5] - (unsigned)'0'};
    unsigned hours = digits[0] * 10 + digits[1];
    unsigned minutes = digits[2] * 10 + digits[3];
    if ((text[0] != '+' && text[0] != '-') || text[3] != ':' || digits[0] > 9 || digits[1] > 9 ||
        digits[2] > 9 || digits[3] > 9 || hours > 23 || minutes > 59)
        return false;
    *seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    if (text[0] == '-')
        *seconds = -*seconds;
    return true;
}

/* What stands behind the fraction. */
static bool read_zone(const char *at, size_t length, bool optional, int64_t *offset)
{
    *offset = 0;
    if (length == 1)
        return (*at | 32) == 'z';
    return length == 0 ? optional : length == OFFSET_LENGTH && read_offset(at, offset);
}

bool time_layout_read(const char *text, size_t length, bool offset_optional,
                      struct laid_out_time *time)
{
    const char *end = text + length;
    const char *at = text + REST;
    int64_t days, seconds, offset;
    if (length < REST || ((text[SEPARATOR] | 32) != 't' && text[SEPARATOR] != ' ') ||
        !read_date(text, &days) || !read_time_of_day(text + HOUR, &seconds))
        return false;
    time->ns = 0;
    if (at < end && *at == '.') {
        size_t digits = read_fraction(at + 1, end, &time->ns);
        if (digits == 0)
            return false;
        at += 1 + digits;
    }
    if (!read_zone(at, (size_t)(end - at), offset_optional, &offset))
        return false;
    time->seconds = days * 86400 + seconds - offset;
    return true;
}
