#ifndef GENERATE_DIGITS_H
#define GENERATE_DIGITS_H

#include <stdint.h>

#define DIGITS_SIZE 20

/* Decimal digits of a number; returns the end. */
char *digits_put(char *out, uint64_t number);
char *digits_put_signed(char *out, int64_t number);

#endif
