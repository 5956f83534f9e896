#include "stream/partitions.h"

#include "cli/diagnostics.h"
#include "time/clock.h"
#include "time/timestamp.h"

#include <stdlib.h>
#include <string.h>

/* How often W is moved on while the clock drives it. */
#define CLOCK_STEP (50 * NS_PER_MS)

enum { NO_INPUT = UINT32_MAX };

void partitions_init(struct partitions *partitions, int64_t delay, const char *awaited)
{
    *partitions = (struct partitions){.delay = delay, .started = clock_steady()};
    while (awaited != NULL && *awaited != '\0') {
        size_t length = strcspn(awaited, ",");
        if (length > 0)
            name_table_put(&partitions->awaited, awaited, length);
        awaited += length + (awaited[length] == ',');
    }
}

void partitions_free(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++) {
        struct partition *partition = &partitions->items[i];
        watermark_free(&partition->watermark);
        name_table_free(&partition->streams);
        free(partition->activity);
        free(partition->awaited);
    }
    free(partitions->items);
    name_table_free(&partitions->names);
    name_table_free(&partitions->awaited);
}

static size_t add_stream(struct partition *partition, bool awaited, int64_t started, uint32_t input)
{
    size_t index = watermark_add_stream(&partition->watermark, awaited);
    partition->activity = reallocate(partition->activity,
                                     (index + 1) * sizeof *partition->activity);
    partition->activity[index] = (struct stream_activity){started, input, 0};
    return index;
}

static void partition_init(struct partitions *partitions, struct partition *partition)
{
    *partition = (struct partition){.told = WATERMARK_UNDEFINED};
    watermark_init(&partition->watermark, partitions->delay);
    partition->awaited = allocate((partitions->awaited.count + 1) * sizeof *partition->awaited);
    for (size_t i = 0; i < partitions->awaited.count; i++) {
        struct name_entry *entry = &partitions->awaited.entries[i];
        partition->awaited[i] = add_stream(partition, true, partitions->started, NO_INPUT);
        /* Holds the index in step with the watermark's; a full name never looks like this. */
        name_table_put(&partition->streams, entry->bytes, entry->length);
    }
}

uint32_t partitions_put(struct partitions *partitions, const char *name, size_t length)
{
    size_t index = name_table_put(&partitions->names, name, length);
    if (index < partitions->count)
        return (uint32_t)index;
    if (partitions->count == partitions->capacity) {
        partitions->capacity = partitions->capacity == 0 ? 4 : 2 * partitions->capacity;
        partitions->items = reallocate(partitions->items,
                                       partitions->capacity * sizeof *partitions->items);
    }
    partition_init(partitions, &partitions->items[partitions->count++]);
    return (uint32_t)index;
}

/* The awaited stream of that name that nobody has filled yet; SIZE_MAX if there is none. */
static size_t claim_awaited(struct partitions *partitions, struct partition *partition,
                            const char *value, size_t length)
{
    size_t name = partitions->awaited.count == 0
                      ? SIZE_MAX
                      : name_table_find(&partitions->awaited, value, length);
    if (name == SIZE_MAX || partition->activity[partition->awaited[name]].input != NO_INPUT)
        return SIZE_MAX;
    return partition->awaited[name];
}

uint32_t partitions_stream(struct partitions *partitions, uint32_t partition_index,
                           const char *name, size_t length, const char *value, size_t value_length,
                           uint32_t input)
{
    struct partition *partition = &partitions->items[partition_index];
    size_t index = name_table_find(&partition->streams, name, length);
    size_t claimed;
    if (index != SIZE_MAX)
        return (uint32_t)index;
    claimed = claim_awaited(partitions, partition, value, value_length);
    if (claimed != SIZE_MAX) {
        /* The full name takes the placeholder's number. */
        name_table_rename(&partition->streams, claimed, name, length);
        partition->activity[claimed].input = input;
        return (uint32_t)claimed;
    }
    name_table_put(&partition->streams, name, length);
    return (uint32_t)add_stream(partition, false, partitions->started, input);
}

void partitions_await(struct partitions *partitions, uint32_t partition_index, const char *name,
                      size_t length, uint32_t input)
{
    struct partition *partition = &partitions->items[partition_index];
    if (name_table_find(&partition->streams, name, length) != SIZE_MAX)
        return;
    name_table_put(&partition->streams, name, length);
    add_stream(partition, true, partitions->started, input);
}

void partitions_restore_watermark(struct partitions *partitions, uint32_t partition_index,
                                  int64_t watermark)
{
    struct partition *partition = &partitions->items[partition_index];
    watermark_raise(&partition->watermark, watermark);
    partition->told = watermark;
}

bool partitions_restore_stream(struct partitions *partitions, uint32_t partition_index,
                               uint64_t stream, const struct saved_stream *saved)
{
    struct partition *partition = &partitions->items[partition_index];
    size_t found = name_table_find(&partition->streams, saved->name, saved->length);
    size_t index = partition->watermark.count;
    if (stream < partitions->awaited.count) {
        index = (size_t)stream;
        if (found == SIZE_MAX)
            name_table_rename(&partition->streams, index, saved->name, saved->length);
        else if (found != index)
            return false;
    } else {
        if (stream != index || found != SIZE_MAX)
            return false;
        name_table_put(&partition->streams, saved->name, saved->length);
        add_stream(partition, saved->awaited, partitions->started, saved->input);
    }
    partition->activity[index].input = saved->input;
    partition->activity[index].controls = saved->controls;
    watermark_restore_stream(&partition->watermark, index, saved->maximum, saved->idle,
                             saved->ended);
    return true;
}

void partitions_restored(struct partitions *partitions)
{
    for (size_t i = 0; i < partitions->count; i++)
        watermark_restored(&partitions->items[i].watermark);
}

/* All at once: if W went on with those that end last, it would pass what a pause only interrupts.
 */
static void end_streams(struct partition *partition, uint32_t input)
{
    struct watermark *watermark = &partition->watermark;
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < watermark->count; i++) {
        if (partition->activity[i].input != input)
            continue;
        watermark->streams[i].ended = true;
        last = i;
    }
    if (last != SIZE_MAX)
        watermark_end_stream(watermark, last);
}

void partitions_end_input(struct partitions *partitions, uint32_t input, bool expecting)
{
    for (size_t p = 0; p < partitions->count; p++) {
        struct partition *partition = &partitions->items[p];
        partition->watermark.expecting = expecting;
        end_streams(partition, input);
    }
}

static int64_t earliest(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Largest event time seen in any stream, less the delay: from here the clock goes on. */
static int64_t clock_base(const struct watermark *watermark)
{
    int64_t maximum = INT64_MIN;
    for (size_t i = 0; i < watermark->count; i++)
        if (watermark->streams[i].maximum > maximum)
            maximum = watermark->streams[i].maximum;
    return time_subtract(maximum, watermark->delay);
}

static int64_t partition_idle(struct partition *partition, int64_t now, int64_t timeout,
                              const unsigned char *waiting, size_t group_count)
{
    struct watermark *watermark = &partition->watermark;
    int64_t again = INT64_MAX;
    int64_t latest = INT64_MIN;
    bool alive = false;
    for (size_t i = 0; i < watermark->count; i++) {
        const struct stream_activity *activity = &partition->activity[i];
        bool may_idle = activity->input == NO_INPUT ||
                        (activity->input < group_count && waiting[activity->input]);
        if (watermark->streams[i].ended)
            continue;
        if (activity->latest > latest)
            latest = activity->latest;
        if (may_idle && now - activity->latest >= timeout) {
            watermark_set_idle(watermark, i);
            continue;
        }
        alive = true;
        again = earliest(again, time_add(activity->latest, timeout));
    }
    if (alive || latest == INT64_MIN || clock_base(watermark) == INT64_MIN)
        return again;
    watermark_raise(watermark, time_add(clock_base(watermark), now - latest));
    return now + CLOCK_STEP;
}

int64_t partitions_idle(struct partitions *partitions, int64_t now, int64_t timeout,
                        const unsigned char *waiting, size_t group_count)
{
    int64_t again = INT64_MAX;
    for (size_t i = 0; i < partitions->count; i++)
        again = earliest(again,
                         partition_idle(&partitions->items[i], now, timeout, waiting, group_count));
    return again;
}
