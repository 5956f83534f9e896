#include "window/top_results.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

/* Rows beyond twice the limit and this many are cut when they come. */
enum { SPARE_ROWS = 1024 };

void top_results_init(struct top_results *top, size_t limit, bool ties)
{
    *top = (struct top_results){.limit = limit, .ties = ties};
}

static void forget(struct top_row *row)
{
    kept_value_clear(&row->rank);
    free(row->text);
}

static void cut(struct top_results *top, size_t count)
{
    while (top->count > count)
        forget(&top->rows[--top->count]);
}

void top_results_clear(struct top_results *top)
{
    cut(top, 0);
    top->added = 0;
}

void top_results_free(struct top_results *top)
{
    top_results_clear(top);
    free(top->rows);
    *top = (struct top_results){0};
}

static int compare_rows(const void *a, const void *b)
{
    const struct top_row *left = a, *right = b;
    int order = kept_value_compare(&right->rank, &left->rank);
    return order != 0 ? order : (left->order > right->order) - (left->order < right->order);
}

void top_results_settle(struct top_results *top)
{
    size_t kept = top->limit;
    if (top->count > 1)
        qsort(top->rows, top->count, sizeof *top->rows, compare_rows);
    while (top->ties && kept > 0 && kept < top->count &&
           kept_value_compare(&top->rows[kept - 1].rank, &top->rows[kept].rank) == 0)
        kept++;
    if (kept < top->count)
        cut(top, kept);
}

void top_results_add(struct top_results *top, struct json_slice rank, const char *text,
                     size_t length)
{
    struct top_row *row;
    if (top->count == top->capacity) {
        if (top->count / 2 > top->limit + SPARE_ROWS)
            top_results_settle(top);
        /* Where ties keep nearly all of them, room is made after all. */
        if (2 * top->count >= top->capacity)
            top->capacity = 2 * top->capacity + SPARE_ROWS;
        top->rows = reallocate(top->rows, top->capacity * sizeof *top->rows);
    }
    row = &top->rows[top->count++];
    *row = (struct top_row){.text = memcpy(allocate(length + 1), text, length),
                            .length = length,
                            .order = top->added++};
    kept_value_set(&row->rank, rank);
}
