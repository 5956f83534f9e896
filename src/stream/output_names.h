#ifndef STREAM_OUTPUT_NAMES_H
#define STREAM_OUTPUT_NAMES_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>

struct input;

/* The files that a run writes to, entered before any of them is opened, because opening empties
   them: an input must not be among them, and no two may be the same. Devices and pipes may. */
struct output_names {
    struct output_name {
        const char *option; /* "--late"; "stdout" */
        const char *name;   /* "-" = standard output */
    } items[12];
    size_t count;
};

/* NULL as `name` means that nothing is written there. false with the reason; both texts are
   borrowed. */
bool output_names_add(struct output_names *names, const char *option, const char *name,
                      const struct input *inputs, size_t input_count, struct error_text *error);

#endif
