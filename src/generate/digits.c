#include "generate/digits.h"

#include <string.h>

char *digits_put(char *out, uint64_t number)
{
    char digits[DIGITS_SIZE];
    char *first = digits + sizeof digits;
    do
        *--first = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    size_t length = (size_t)(digits + sizeof digits - first);
    memcpy(out, first, length);
    return out + length;
}

char *digits_put_signed(char *out, int64_t number)
{
    if (number < 0)
        *out++ = '-';
    return digits_put(out, number < 0 ? -(uint64_t)number : (uint64_t)number);
}
