#ifndef WINDOW_GROUP_LIST_H
#define WINDOW_GROUP_LIST_H

#include "expression/expression.h"
#include "ndjson/json_key.h"

#include <stdbool.h>
#include <stddef.h>

/* A -b LIST: what records are grouped by. The key of several is that of the array of them. */
struct group_list {
    const struct expression_list *list; /* NULL = everything is one group */
    size_t slot;                        /* of the path that a single item is */
    bool plain;                         /* it is one */
};

struct group_list group_list_make(const struct expression_list *list);

static inline size_t group_list_count(const struct group_list *groups)
{
    return groups->list == NULL ? 0 : groups->list->count;
}

/* The group of a record and the texts of its values (in the scratch); false with the reason: an
   expression failed, or a value is an object. */
bool group_list_key(const struct group_list *groups, const struct record_view *record,
                    struct scratch *scratch, struct json_key *key, const struct json_slice **texts,
                    struct error_text *error);

/* The same key from the texts of its values; false = not values of this list. */
bool group_list_restore_key(const struct group_list *groups, const struct json_slice *texts,
                            struct scratch *scratch, struct json_key *key);

/* `,"name":value...`, as members of results; appended. */
void group_list_write(const struct group_list *groups, const struct json_slice *texts,
                      struct text_buffer *out);
/* The values in what group_list_write() wrote. */
void group_list_read(const struct group_list *groups, const char *members, size_t length,
                     struct json_slice *texts);

#endif
