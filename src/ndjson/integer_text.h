#ifndef NDJSON_INTEGER_TEXT_H
#define NDJSON_INTEGER_TEXT_H

#include <stddef.h>
#include <stdint.h>

enum { INTEGER_TEXT_SIZE = 20 };

/* Decimal digits of `number`, without NUL; needs INTEGER_TEXT_SIZE bytes. Returns their number. */
size_t integer_write(int64_t number, char *out);

#endif
