#ifndef SCAN_INPUT_H
#define SCAN_INPUT_H

/* For programs that run the line scan over a file in memory. */
#include "ndjson/json_scan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_STEPS = 32 };

struct input {
    char *bytes;
    size_t length;
};

static inline bool input_read(struct input *input, const char *name)
{
    struct stat status;
    int file = open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0)
        return false;
    input->bytes = malloc((size_t)status.st_size + JSON_PADDING);
    while (input->bytes && input->length < (size_t)status.st_size) {
        ssize_t got = read(file, input->bytes + input->length,
                           (size_t)status.st_size - input->length);
        if (got <= 0)
            break;
        input->length += (size_t)got;
    }
    close(file);
    return input->bytes && input->length == (size_t)status.st_size;
}

static inline void projection_add_path(struct json_projection *projection, const char *path)
{
    struct json_step steps[MAX_STEPS];
    size_t count = 0;
    while (*path && count < MAX_STEPS) {
        bool index = *path == '[';
        size_t length = strcspn(++path, index ? "]" : ".[");
        steps[count++] = index ? (struct json_step){.index = (uint32_t)strtoul(path, NULL, 10)}
                               : (struct json_step){.name = path, .length = length};
        path += length + index;
    }
    json_projection_add(projection, steps, count);
}

#endif
