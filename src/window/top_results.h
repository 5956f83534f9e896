#ifndef WINDOW_TOP_RESULTS_H
#define WINDOW_TOP_RESULTS_H

#include "expression/value.h"
#include "ndjson/text_buffer.h"
#include "window/kept_value.h"

#include <stdbool.h>
#include <stddef.h>

/* The best of a window's results: those with the greatest rank, greatest first, null last; of equal
   rank in the order they were added. */
struct top_results {
    size_t limit;
    bool ties; /* those that rank with the last one too */
    struct top_row {
        struct kept_value rank;
        char *text; /* the record; owned */
        size_t length;
        size_t order;
    } * rows;
    size_t count;
    size_t capacity;
    size_t added;
};

void top_results_init(struct top_results *top, size_t limit, bool ties);
void top_results_free(struct top_results *top);

void top_results_add(struct top_results *top, struct json_slice rank, const char *text,
                     size_t length);
/* Sorts and cuts: what is left in rows[0..count) is to be written. */
void top_results_settle(struct top_results *top);
/* Begins the next window. */
void top_results_clear(struct top_results *top);

#endif
