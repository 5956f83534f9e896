#include "stream/kafka_offsets.h"

#include "cli/diagnostics.h"
#include "ndjson/number_text.h"
#include "state/snapshot_peek.h"

#include <stdlib.h>
#include <string.h>

void kafka_offsets_free(struct kafka_offsets *offsets)
{
    name_table_free(&offsets->names);
    text_buffer_free(&offsets->name);
    free(offsets->partitions);
}

/* The partition's entry, a new one if need be: nothing of it was consumed yet. */
static struct kafka_partition *find_partition(struct kafka_offsets *offsets,
                                              struct json_slice topic, int64_t number)
{
    struct text_buffer *name = &offsets->name;
    size_t known = offsets->names.count;
    size_t index;
    name->length = 0;
    text_buffer_add(name, topic.text, topic.length);
    text_buffer_add(name, &number, sizeof number);
    index = name_table_put(&offsets->names, name->bytes, name->length);
    if (index < known)
        return &offsets->partitions[index];
    if (index == offsets->capacity) {
        offsets->capacity = offsets->capacity == 0 ? 16 : 2 * offsets->capacity;
        offsets->partitions = reallocate(offsets->partitions,
                                         offsets->capacity * sizeof *offsets->partitions);
    }
    offsets->partitions[index] = (struct kafka_partition){
        .topic_length = topic.length, .number = number, .offset = -1, .ts = INT64_MIN, .told = -1};
    return &offsets->partitions[index];
}

bool kafka_offsets_pass(struct kafka_offsets *offsets, const struct record_variables *variables)
{
    struct kafka_partition *partition;
    int64_t number;
    int64_t offset;
    if (variables->topic.kind != JSON_STRING || variables->partition.kind != JSON_NUMBER ||
        variables->offset.kind != JSON_NUMBER || !integer_parse(variables->partition, &number) ||
        !integer_parse(variables->offset, &offset))
        return false;
    partition = find_partition(offsets, variables->topic, number);
    if (offset <= partition->offset)
        return true;
    partition->offset = offset;
    if (variables->ts.kind != JSON_NUMBER || !integer_parse(variables->ts, &partition->ts))
        partition->ts = INT64_MIN;
    return false;
}

void kafka_offsets_save(const struct kafka_offsets *offsets, struct text_buffer *lines)
{
    for (size_t i = 0; i < offsets->names.count; i++) {
        const struct kafka_partition *partition = &offsets->partitions[i];
        text_buffer_add_text(lines, "{\"kind\":\"kafka\",\"topic\":");
        text_buffer_add(lines, offsets->names.entries[i].bytes, partition->topic_length);
        line_add_integer(lines, ",\"partition\":", partition->number);
        line_add_integer(lines, ",\"offset\":", partition->offset);
        if (partition->ts != INT64_MIN)
            line_add_integer(lines, ",\"ts\":", partition->ts);
        text_buffer_add_text(lines, "}\n");
    }
}

struct saved_partition {
    struct json_slice topic;
    int64_t number;
    int64_t offset;
    int64_t ts;    /* INT64_MIN = none */
    uint64_t step; /* 0 = none */
};

static bool parse(const char *line, size_t length, struct saved_partition *saved)
{
    struct line_fields fields;
    saved->ts = INT64_MIN;
    saved->step = 0;
    if (!line_fields_begin_kind(&fields, line, length, "kafka") ||
        !line_fields_value(&fields, "topic", &saved->topic) || saved->topic.kind != JSON_STRING ||
        !line_fields_integer(&fields, "partition", &saved->number) ||
        !line_fields_integer(&fields, "offset", &saved->offset))
        return false;
    line_fields_integer(&fields, "ts", &saved->ts);
    line_fields_natural(&fields, "step", &saved->step);
    return line_fields_end(&fields);
}

bool kafka_offsets_take(struct kafka_offsets *offsets, const char *line, size_t length)
{
    struct saved_partition saved;
    struct kafka_partition *partition;
    if (!parse(line, length, &saved))
        return false;
    partition = find_partition(offsets, saved.topic, saved.number);
    partition->offset = partition->told = saved.offset;
    partition->ts = saved.ts;
    partition->step = saved.step;
    return true;
}

static bool take_line(void *context, const char *line, size_t length, struct error_text *error)
{
    (void)error;
    return kafka_offsets_take(context, line, length);
}

uint64_t kafka_offsets_step(const struct kafka_offsets *offsets)
{
    uint64_t highest = 0;
    for (size_t i = 0; i < offsets->names.count; i++)
        if (offsets->partitions[i].step > highest)
            highest = offsets->partitions[i].step;
    return highest;
}

bool kafka_offsets_restore(struct kafka_offsets *offsets, const struct saved_snapshot *saved,
                           struct error_text *error)
{
    return saved_snapshot_manifest(saved, "kafka", take_line, offsets, error);
}

/* The earliest time over all partitions: INT64_MAX = there is none, INT64_MIN = one has no time. */
static bool take_time(void *context, const char *line, size_t length, struct error_text *error)
{
    int64_t *earliest = context;
    struct saved_partition saved;
    (void)error;
    if (!parse(line, length, &saved))
        return false;
    if (saved.ts < *earliest)
        *earliest = saved.ts;
    return true;
}

bool kafka_offsets_since(const char *directory, int64_t *ts, struct error_text *error)
{
    size_t manifests;
    *ts = INT64_MAX;
    if (!snapshot_peek(directory, "kafka", take_time, ts, &manifests, error))
        return false;
    if (manifests == 0)
        return refuse(error, "%s: no snapshot yet: begin with kcat -o beginning", directory);
    if (*ts == INT64_MAX)
        return refuse(error, "%s: no Kafka record was read yet (with -J)", directory);
    if (*ts == INT64_MIN)
        return refuse(error, "%s: the broker gave records no time stamp", directory);
    return true;
}
