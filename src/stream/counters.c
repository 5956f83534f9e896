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
