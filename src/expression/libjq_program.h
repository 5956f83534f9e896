#ifndef EXPRESSION_LIBJQ_PROGRAM_H
#define EXPRESSION_LIBJQ_PROGRAM_H

#include "cli/diagnostics.h"
#include "expression/value.h"

#include <stdbool.h>
#include <stddef.h>

/* A jq program compiled by libjq, run on one record at a time. libjq sees no ~/.jq, no library
   path and prints nothing. */

struct libjq_program;

/* NULL with libjq's first complaint. Takes some 20 ms. */
struct libjq_program *libjq_program_new(const char *source, struct error_text *error);
void libjq_program_free(struct libjq_program *program);

/* What a program gets: the record with `count` members set in it, or, where `variables` is not
   absent, the array [record, variables]. */
struct libjq_input {
    struct json_slice record;
    struct json_slice variables;
    const char *const *names;
    const struct json_slice *members;
    size_t count;
};

/* Exactly one result, copied into the scratch; false with the reason otherwise. */
bool libjq_program_run(struct libjq_program *program, const struct libjq_input *input,
                       struct scratch *scratch, struct value *result, struct error_text *error);

const char *libjq_version(void);

#endif
