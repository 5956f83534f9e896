#ifndef WINDOW_TIMED_VALUE_H
#define WINDOW_TIMED_VALUE_H

#include "window/kept_value.h"

#include <stdbool.h>
#include <stdint.h>

/* The first or the last value by event time, those of one time as they came. Starts zeroed. */
struct timed_value {
    struct kept_value value;
    int64_t time; /* ns */
};

void timed_value_take_first(struct timed_value *first, int64_t time, struct json_slice value);
void timed_value_take_last(struct timed_value *last, int64_t time, struct json_slice value);
/* Those of disjoint times, which never tie. */
void timed_value_merge_first(struct timed_value *first, const struct timed_value *other);
void timed_value_merge_last(struct timed_value *last, const struct timed_value *other);

/* {"time":T,"value":V}, or null; false = not that. */
void timed_value_save(const struct timed_value *timed, struct text_buffer *out);
bool timed_value_restore(struct timed_value *timed, struct json_slice saved);

#endif
