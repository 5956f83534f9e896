#include "generate/malformed_line.h"

#include "generate/random_source.h"

#include <string.h>

static char *first_value(char *begin, char *end)
{
    char *found = memmem(begin, (size_t)(end - begin), ":\"", 2);
    return found != NULL ? found + 2 : begin;
}

static char *cut_short(char *begin, char *end, uint64_t bits)
{
    return begin + 1 + random_below(bits, (uint64_t)(end - begin) - 1);
}

static char *put_bad_utf8(char *begin, char *end, uint64_t bits)
{
    first_value(begin, end)[random_below(bits, 8)] = '\xff';
    return end;
}

static char *put_control(char *begin, char *end, uint64_t bits)
{
    first_value(begin, end)[random_below(bits, 8)] = '\x01';
    return end;
}

static char *put_surrogate(char *begin, char *end, uint64_t bits)
{
    memcpy(first_value(begin, end) + random_below(bits, 3), "\\ud800", 6);
    return end;
}

static char *wrap_in_array(char *begin, char *end, uint64_t bits)
{
    (void)bits;
    memmove(begin + 1, begin, (size_t)(end - begin));
    *begin = '[';
    end[1] = ']';
    return end + 2;
}

static char *add_second_value(char *begin, char *end, uint64_t bits)
{
    (void)begin;
    (void)bits;
    memcpy(end, "{}", 2);
    return end + 2;
}

static char *add_comma(char *begin, char *end, uint64_t bits)
{
    (void)begin;
    (void)bits;
    memcpy(end - 1, ",}", 2);
    return end + 1;
}

static char *drop_colon(char *begin, char *end, uint64_t bits)
{
    (void)bits;
    *(char *)memchr(begin, ':', (size_t)(end - begin)) = ' ';
    return end;
}

const char *const malformed_kind_names[] = {
    "cut short",      "invalid UTF-8", "raw control character",
    "lone surrogate", "an array",      "two values",
    "trailing comma", "no colon",      NULL};

static char *(*const damages[])(char *, char *, uint64_t) = {
    cut_short,     put_bad_utf8,     put_control, put_surrogate,
    wrap_in_array, add_second_value, add_comma,   drop_colon};

_Static_assert(sizeof damages / sizeof *damages + 1 ==
                   sizeof malformed_kind_names / sizeof *malformed_kind_names,
               "each kind has a name");

char *malformed_line_apply(unsigned kind, char *begin, char *end, uint64_t bits)
{
    return damages[kind](begin, end, bits);
}

char *malformed_line_make(char *begin, char *end, uint64_t bits)
{
    struct random_source random = {bits};
    uint64_t kind = random_below(bits, sizeof damages / sizeof *damages);
    return malformed_line_apply((unsigned)kind, begin, end, random_at(&random, 0));
}
