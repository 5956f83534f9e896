#include "stream/output_names.h"

#include "stream/stream_state.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool find_regular(const char *name, struct stat *status)
{
    int failed = strcmp(name, "-") == 0 ? fstat(STDOUT_FILENO, status) : stat(name, status);
    return failed == 0 && S_ISREG(status->st_mode);
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Two names of what is not there yet are only compared as they are written. */
static bool same_output(const char *a, const char *b)
{
    struct stat first;
    struct stat second;
    if (find_regular(a, &first) && find_regular(b, &second))
        return same_file(&first, &second);
    return strcmp(a, b) == 0 && (strcmp(a, "-") == 0 || stat(a, &first) != 0);
}

bool output_names_add(struct output_names *names, const char *option, const char *name,
                      const struct input *inputs, size_t input_count, struct error_text *error)
{
    struct stat output;
    struct stat input;
    if (name == NULL)
        return true;
    for (size_t i = 0; inputs != NULL && i < input_count && find_regular(name, &output); i++)
        if (fstat(inputs[i].source.descriptor, &input) == 0 && same_file(&input, &output))
            return refuse(error, "%s is the input %s", option, inputs[i].source.name);
    for (size_t i = 0; i < names->count; i++)
        if (same_output(name, names->items[i].name))
            return refuse(error, "%s and %s are the same file", names->items[i].option, option);
    names->items[names->count++] = (struct output_name){option, name};
    return true;
}
