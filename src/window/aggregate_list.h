#ifndef WINDOW_AGGREGATE_LIST_H
#define WINDOW_AGGREGATE_LIST_H

#include "window/aggregate.h"

#include <stdbool.h>
#include <stddef.h>

/* An -a LIST: NAME=EXPR,... where expressions may call aggregate functions, over records, and name
   what a result has besides: its BY members and earlier items, as `name` or `.name`. An item that
   is one call may go without a name: it has the function's. */
struct aggregate_item {
    const char *name;
    struct json_slice name_text;         /* as a JSON string */
    const struct expression *expression; /* over names; NULL = the call below alone */
    size_t call;
};

struct aggregate_list {
    struct aggregate_set calls;
    struct aggregate_item *items;
    size_t count;
    const struct expression *rank; /* NULL = the first item */
    /* What expressions over results see: calls under their texts, BY members, items. */
    const char **names;
    size_t by_count;
    struct expression_set *results;
    struct scratch memory; /* texts */
};

/* Whether results have a member of that name anyway ("window_start", ...). */
bool aggregate_name_reserved(const char *name);

/* How an expression over input records is compiled. */
struct aggregate_compiler {
    const struct expression *(*compile)(void *self, const char *text, struct error_text *error);
    void *self;
};

/* What is asked for. */
struct aggregate_request {
    const char *text; /* NULL = no items */
    const char *rank; /* an expression like an item's; NULL = none */
    const struct expression_list *by;
    bool records; /* a further call, the last one, keeps the records themselves */
    const struct lookup_tables *tables; /* NULL = none */
};

/* false with the reason. */
bool aggregate_list_parse(struct aggregate_list *list, const struct aggregate_request *request,
                          const struct aggregate_compiler *compiler, struct error_text *error);
void aggregate_list_free(struct aggregate_list *list);

/* Number of values that aggregate_list_evaluate() fills: calls, BY members, items. */
static inline size_t aggregate_list_values(const struct aggregate_list *list)
{
    return list->calls.count + list->by_count + list->count;
}

/* The items of a result, from its states and its BY members (`by`: as many texts). Items that fail
   are null (a division by zero, for one). values[calls + by_count ...] are the items. */
void aggregate_list_evaluate(const struct aggregate_list *list, const void *states,
                             const struct json_slice *by, struct scratch *scratch,
                             struct value *values);
/* What results are ranked by; after aggregate_list_evaluate(). */
struct value aggregate_list_rank(const struct aggregate_list *list, const struct value *values,
                                 struct scratch *scratch);

#endif
