#ifndef GENERATE_SECOND_TEXT_H
#define GENERATE_SECOND_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Event times as local date-times of whole seconds in UTC, "2024-01-01T12:00:00". */
enum { SECOND_TEXT_LENGTH = 19 };

struct second_text {
    int64_t second; /* floor of the time that `text` says, s */
    bool known;
    char text[SECOND_TEXT_LENGTH];
};

/* Writes the second of `time` (ns); returns the end. */
char *second_text_put(struct second_text *seconds, char *out, int64_t time);

#endif
