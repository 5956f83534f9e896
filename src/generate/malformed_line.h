#ifndef GENERATE_MALFORMED_LINE_H
#define GENERATE_MALFORMED_LINE_H

#include <stdint.h>

/* Bytes that damage may add to a line. */
#define MALFORMED_GROWTH 8

/* Damages the JSON object between begin and end (whose first string value has 8 characters at
   least) in one of several ways, none of which adds a line feed or leaves a record that the
   contract accepts; 64 random bits choose. Returns the new end. */
char *malformed_line_make(char *begin, char *end, uint64_t bits);

/* The ways, for the man page and tests: names ended by NULL, in the order of malformed_line_apply's
   `kind`. */
extern const char *const malformed_kind_names[];
char *malformed_line_apply(unsigned kind, char *begin, char *end, uint64_t bits);

#endif
