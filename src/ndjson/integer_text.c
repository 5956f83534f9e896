#include "ndjson/integer_text.h"

#include <string.h>

enum { BLOCK = 100000000, BLOCK_DIGITS = 8 };

static const char pairs[200] = "00010203040506070809101112131415161718192021222324"
                               "25262728293031323334353637383940414243444546474849"
                               "50515253545556575859606162636465666768697071727374"
                               "75767778798081828384858687888990919293949596979899";

/* Eight digits in a tree of divisions: a chain of them would take twice as long. */
static void put_block(char *out, uint32_t number)
{
    uint32_t upper = number / 10000;
    uint32_t lower = number % 10000;
    memcpy(out, &pairs[upper / 100 * 2], 2);
    memcpy(out + 2, &pairs[upper % 100 * 2], 2);
    memcpy(out + 4, &pairs[lower / 100 * 2], 2);
    memcpy(out + 6, &pairs[lower % 100 * 2], 2);
}

size_t integer_write(int64_t number, char *out)
{
    char digits[INTEGER_TEXT_SIZE + BLOCK_DIGITS];
    char *at = digits + sizeof digits;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    for (; rest >= BLOCK; rest /= BLOCK)
        put_block(at -= BLOCK_DIGITS, (uint32_t)(rest % BLOCK));
    uint32_t head = (uint32_t)rest;
    for (; head >= 100; head /= 100)
        memcpy(at -= 2, &pairs[head % 100 * 2], 2);
    memcpy(at -= 2, &pairs[head * 2], 2);
    at += head < 10;
    if (number < 0)
        *--at = '-';
    size_t length = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, length);
    return length;
}
