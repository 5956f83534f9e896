#ifndef WINDOW_WINDOW_EXPLAIN_H
#define WINDOW_WINDOW_EXPLAIN_H

#include "window/aggregate_list.h"
#include "window/window_plan.h"

#include <stdio.h>

/* The lines of --explain about windows: what they are, what results are made of, when state leaves,
   what the output's disorder is. `delay` = --delay, ns; `each` = --each. */
void window_explain(const struct window_plan *plan, const struct aggregate_list *list,
                    int64_t delay, bool each, FILE *out);

#endif
