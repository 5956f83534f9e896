#ifndef ATTRIBUTION_DUE_ORDER_H
#define ATTRIBUTION_DUE_ORDER_H

#include "state/expiry.h"
#include "state/record_log.h"

/* Sorts rows of a log of attribution rows as attribution_row_compare() does. Where times are whole
   seconds, hundreds of rows have the same: what tells them apart is read once per row. */
struct due_order {
    struct due_place *places; /* private */
    size_t capacity;
};

/* Starts zeroed. */
void due_order_free(struct due_order *order);

void due_order_sort(struct due_order *order, const struct record_log *log, struct due_rows *due);

#endif
