#include "stream/counters.h"

#include <stddef.h>

static const struct {
    const char *name;
    size_t offset;
} rows[] = {
    {"read", offsetof(struct counters, read)},
    {"used", offsetof(struct counters, used)},
    {"filtered", offsetof(struct counters, filtered)},
    {"late", offsetof(struct counters, late)},
    {"rejected", offsetof(struct counters, rejected)},
    {"replayed", offsetof(struct counters, replayed)},
    {"tombstones", offsetof(struct counters, tombstones)},
    {"control", offsetof(struct counters, control)},
    {"duplicate", offsetof(struct counters, duplicate)},
    {"partly_late", offsetof(struct counters, partly_late)},
    {"written", offsetof(struct counters, written)},
    {"unwritable", offsetof(struct counters, unwritable)},
    {"null_results", offsetof(struct counters, null_results)},
};

const char *counters_name(unsigned index)
{
    return index < sizeof rows / sizeof rows[0] ? rows[index].name : NULL;
}

uint64_t counters_value(const struct counters *counters, unsigned index)
{
    return *(const uint64_t *)(const void *)((const char *)counters + rows[index].offset);
}

void counters_set(struct counters *counters, unsigned index, uint64_t value)
{
    *(uint64_t *)(void *)((char *)counters + rows[index].offset) = value;
}

struct counters counters_since(const struct counters *counters, const struct counters *before)
{
    struct counters since = {0};
    for (unsigned i = 0; counters_name(i) != NULL; i++)
        counters_set(&since, i, counters_value(counters, i) - counters_value(before, i));
    return since;
}
