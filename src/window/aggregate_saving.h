#ifndef WINDOW_AGGREGATE_SAVING_H
#define WINDOW_AGGREGATE_SAVING_H

#include "ndjson/text_buffer.h"
#include "window/aggregate.h"

/* How the states of the functions in aggregate_table.c stand in a snapshot: the save() and
   restore() of its rows, named after what the state holds. See struct aggregate_function. */

bool count_state_save(const struct aggregate *aggregate, void *state, bool anew,
                      struct text_buffer *out);
bool count_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool sum_state_save(const struct aggregate *aggregate, void *state, bool anew,
                    struct text_buffer *out);
bool sum_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool stddev_state_save(const struct aggregate *aggregate, void *state, bool anew,
                       struct text_buffer *out);
bool stddev_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool kept_state_save(const struct aggregate *aggregate, void *state, bool anew,
                     struct text_buffer *out);
bool kept_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool timed_state_save(const struct aggregate *aggregate, void *state, bool anew,
                      struct text_buffer *out);
bool timed_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool distinct_state_save(const struct aggregate *aggregate, void *state, bool anew,
                         struct text_buffer *out);
bool distinct_state_restore(const struct aggregate *aggregate, void *state,
                            struct json_slice saved);

bool approx_state_save(const struct aggregate *aggregate, void *state, bool anew,
                       struct text_buffer *out);
bool approx_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool quantile_state_save(const struct aggregate *aggregate, void *state, bool anew,
                         struct text_buffer *out);
bool quantile_state_restore(const struct aggregate *aggregate, void *state,
                            struct json_slice saved);

bool top_state_save(const struct aggregate *aggregate, void *state, bool anew,
                    struct text_buffer *out);
bool top_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

bool collect_state_save(const struct aggregate *aggregate, void *state, bool anew,
                        struct text_buffer *out);
bool collect_state_restore(const struct aggregate *aggregate, void *state, struct json_slice saved);

#endif
