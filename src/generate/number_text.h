#ifndef GENERATE_NUMBER_TEXT_H
#define GENERATE_NUMBER_TEXT_H

#include <stdint.h>

#define NUMBER_TEXT_SIZE 20

/* Decimal digits of a number; returns the end. */
char *number_text_put(char *out, uint64_t number);
char *number_text_put_signed(char *out, int64_t number);

#endif
