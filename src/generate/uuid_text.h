#ifndef GENERATE_UUID_TEXT_H
#define GENERATE_UUID_TEXT_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define UUID_LENGTH 36

/* Vectors of the compiler (gcc and clang): 16 hex digits at a time on any machine that has them. */
typedef uint8_t uuid_bytes __attribute__((vector_size(16)));

static inline void uuid_hex(const uint64_t words[2], char digits[32])
{
    uint64_t big[2] = {htobe64(words[0]), htobe64(words[1])};
    uuid_bytes bytes;
    memcpy(&bytes, big, sizeof bytes);
    uuid_bytes high = bytes >> 4, low = bytes & 15;
    uuid_bytes first = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21,
                                               6, 22, 7, 23);
    uuid_bytes second = __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                                                29, 14, 30, 15, 31);
    first += '0' + ((uuid_bytes)(first > 9) & ('a' - '0' - 10));
    second += '0' + ((uuid_bytes)(second > 9) & ('a' - '0' - 10));
    memcpy(digits, &first, sizeof first);
    memcpy(digits + 16, &second, sizeof second);
}

/* Writes the 36 characters of a random UUID (RFC 9562, version 4) made of two random words; returns
   the end. */
static inline char *uuid_text_put(char *out, uint64_t high, uint64_t low)
{
    char digits[32];
    uint64_t words[2] = {(high & ~UINT64_C(0xf000)) | UINT64_C(0x4000),
                         (low & ~UINT64_C(0xc000000000000000)) | UINT64_C(0x8000000000000000)};
    uuid_hex(words, digits);
    memcpy(out, digits, 8);
    out[8] = '-';
    memcpy(out + 9, digits + 8, 4);
    out[13] = '-';
    memcpy(out + 14, digits + 12, 4);
    out[18] = '-';
    memcpy(out + 19, digits + 16, 4);
    out[23] = '-';
    memcpy(out + 24, digits + 20, 4);
    memcpy(out + 28, digits + 24, 8);
    return out + UUID_LENGTH;
}

#endif
