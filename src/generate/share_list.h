#ifndef GENERATE_SHARE_LIST_H
#define GENERATE_SHARE_LIST_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What --share says: names and their shares, exactly, in billionths. */
#define SHARE_WHOLE UINT64_C(1000000000)

struct share_list {
    struct share {
        char name[24];
        uint64_t billionths;
    } shares[32];
    size_t count;
};

/* Option store, target struct share_list: "late=.01,duplicate=0.05"; a name given again replaces.
 */
bool share_store(void *target, const char *argument, struct error_text *error);

/* The share of that name, or `otherwise` if it was not given. */
uint64_t share_list_find(const struct share_list *list, const char *name, uint64_t otherwise);

#endif
