#ifndef WINDOW_GREATEST_VALUES_H
#define WINDOW_GREATEST_VALUES_H

#include "window/kept_value.h"

#include <stddef.h>

/* The n greatest of all values added, greatest first, equal ones in the order they came; as many
   times as they came. Starts zeroed. */
struct greatest_values {
    struct kept_value *items;
    size_t count;
    size_t capacity;
};

void greatest_values_add(struct greatest_values *greatest, size_t limit, struct json_slice value);
void greatest_values_merge(struct greatest_values *greatest, size_t limit,
                           const struct greatest_values *other);
void greatest_values_clear(struct greatest_values *greatest);

/* As a JSON array in the scratch. */
struct json_slice greatest_values_array(const struct greatest_values *greatest,
                                        struct scratch *scratch);

/* The same array; false = not one. */
void greatest_values_save(const struct greatest_values *greatest, struct text_buffer *out);
bool greatest_values_restore(struct greatest_values *greatest, size_t limit,
                             struct json_slice saved);

#endif
