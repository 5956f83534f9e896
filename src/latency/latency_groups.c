#include "latency/latency_groups.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

const struct json_key latency_no_key = {
    .bytes = "", .kind = JSON_NULL, .text = {"null", 4, JSON_NULL, 0}};

void latency_groups_init(struct latency_groups *groups, size_t value_count)
{
    *groups = (struct latency_groups){.value_count = value_count};
}

void latency_group_free(struct latency_group *group)
{
    if (group == NULL)
        return;
    for (size_t i = 0; i < group->value_count; i++)
        free((char *)group->values[i].text);
    free(group->values);
    free((char *)group->key.bytes);
    free((char *)group->key.text.text);
    latency_histogram_free(&group->histogram);
    free(group);
}

void latency_groups_free(struct latency_groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        latency_group_free(groups->groups[i]);
    free(groups->groups);
    free(groups->slots);
    latency_groups_init(groups, groups->value_count);
}

static char *copy_bytes(const char *bytes, size_t length)
{
    char *copy = allocate(length + 1);
    memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

static struct json_slice copy_slice(struct json_slice slice)
{
    if (json_slice_absent(slice))
        slice = latency_no_key.text;
    slice.text = copy_bytes(slice.text, slice.length);
    return slice;
}

static struct latency_group *make_group(const struct json_key *key, const struct json_slice *values,
                                        size_t value_count, int64_t window)
{
    struct latency_group *group = allocate(sizeof *group);
    group->copied = 0;
    group->value_count = value_count;
    group->key = *key;
    group->key.bytes = copy_bytes(key->bytes, key->length);
    group->key.text = copy_slice(key->text);
    group->values = allocate_zeroed(value_count + 1, sizeof *group->values);
    for (size_t i = 0; i < value_count; i++)
        group->values[i] = copy_slice(values[i]);
    group->window = window;
    latency_histogram_init(&group->histogram);
    return group;
}

struct latency_group *latency_group_copy(const struct latency_group *group)
{
    struct latency_group *copy = make_group(&group->key, group->values, group->value_count,
                                            group->window);
    latency_histogram_merge(&copy->histogram, &group->histogram);
    return copy;
}

static uint64_t slot_hash(const struct json_key *key, int64_t window)
{
    uint64_t mixed = (key->hash ^ (uint64_t)window) * UINT64_C(0x9e3779b97f4a7c15);
    return mixed ^ (mixed >> 32);
}

/* The slot of the group, or the empty one where it belongs. */
static struct latency_group **slot_of(const struct latency_groups *groups,
                                      const struct json_key *key, int64_t window)
{
    size_t mask = groups->slot_count - 1;
    size_t position = slot_hash(key, window) & mask;
    while (groups->slots[position] != NULL) {
        const struct latency_group *group = groups->slots[position];
        if (group->window == window && json_key_equal(&group->key, key))
            break;
        position = (position + 1) & mask;
    }
    return &groups->slots[position];
}

static void grow(struct latency_groups *groups)
{
    size_t slot_count = groups->slot_count == 0 ? FIRST_SLOTS : groups->slot_count * 2;
    free(groups->slots);
    groups->slots = allocate_zeroed(slot_count, sizeof *groups->slots);
    groups->groups = reallocate(groups->groups, slot_count / 2 * sizeof *groups->groups);
    groups->slot_count = slot_count;
    for (size_t i = 0; i < groups->count; i++)
        *slot_of(groups, &groups->groups[i]->key, groups->groups[i]->window) = groups->groups[i];
}

struct latency_group *latency_groups_at(struct latency_groups *groups, const struct json_key *key,
                                        const struct json_slice *values, int64_t window)
{
    struct latency_group **slot;
    if (groups->count >= groups->slot_count / 2)
        grow(groups);
    slot = slot_of(groups, key, window);
    if (*slot == NULL) {
        *slot = make_group(key, values, groups->value_count, window);
        groups->groups[groups->count++] = *slot;
    }
    return *slot;
}

static int compare_groups(const void *a, const void *b)
{
    const struct latency_group *left = *(struct latency_group *const *)a;
    const struct latency_group *right = *(struct latency_group *const *)b;
    if (left->window != right->window)
        return left->window < right->window ? -1 : 1;
    return json_key_compare(&left->key, &right->key);
}

void latency_groups_sort(struct latency_groups *groups)
{
    if (groups->count > 1)
        qsort(groups->groups, groups->count, sizeof *groups->groups, compare_groups);
}

void latency_groups_merge(struct latency_groups *groups, const struct latency_groups *other,
                          enum groups_part part)
{
    for (size_t i = 0; i < other->count; i++) {
        const struct latency_group *group = other->groups[i];
        const struct json_key *key = part == GROUPS_WINDOWS ? &latency_no_key : &group->key;
        int64_t window = part == GROUPS_KEYS ? 0 : group->window;
        latency_histogram_merge(&latency_groups_at(groups, key, group->values, window)->histogram,
                                &group->histogram);
    }
}
