#ifndef WINDOW_TIME_LIST_H
#define WINDOW_TIME_LIST_H

#include "ndjson/json_slice.h"
#include "ndjson/scratch.h"
#include "ndjson/text_buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* JSON texts with a time each, read in the order of times, those of one time as they were added.
   Starts zeroed. */
struct time_entry {
    int64_t time;
    size_t offset; /* of its text */
    uint32_t length;
    uint8_t kind;
    uint8_t flags;
};

struct time_list {
    struct time_entry *entries;
    size_t count;
    size_t capacity;
    char *bytes;
    size_t used;
    size_t room;
    size_t saved; /* entries that time_list_save() has written */
};

void time_list_add(struct time_list *list, int64_t time, struct json_slice text);
void time_list_merge(struct time_list *list, const struct time_list *other);
void time_list_clear(struct time_list *list);

/* The entries in order, in the scratch. */
const struct time_entry *time_list_sorted(const struct time_list *list, struct scratch *scratch);
struct json_slice time_list_text(const struct time_list *list, const struct time_entry *entry);

/* [[TIME,VALUE],...]: what was added since it was written last (`anew`: from the start), about
   256 KiB at most; false = there is more. Restoring appends; false = not that. */
bool time_list_save(struct time_list *list, bool anew, struct text_buffer *out);
bool time_list_restore(struct time_list *list, struct json_slice saved);

#endif
