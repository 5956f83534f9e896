#ifndef GENERATE_LITERAL_TEXT_H
#define GENERATE_LITERAL_TEXT_H

#include <string.h>

/* Copies a string literal to `out`, in one go since its length is a constant; returns its end. */
#define LITERAL_PUT(out, literal)                                                                  \
    ((char *)memcpy((out), (literal), sizeof(literal) - 1) + sizeof(literal) - 1)

#endif
