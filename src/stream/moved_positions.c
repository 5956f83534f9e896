#include "stream/moved_position.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"
#include "ndjson/utf8_text.h"
#include "state/committed_length.h"
#include "stream/positions_parts.h"
#include "stream/stream_state.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What the tool was told of the file with this device and inode: of the one that is gone, where
   the number went to another file. */
static struct told_position *find_told(struct positions *positions,
                                       const struct file_identity *identity)
{
    for (size_t i = 0; i < positions->told_count; i++) {
        const struct file_identity *known = &positions->told[i].identity;
        if (known->device == identity->device && known->inode == identity->inode)
            return &positions->told[i];
    }
    if (positions->told_count == positions->told_capacity) {
        positions->told_capacity = positions->told_capacity == 0 ? 16
                                                                 : 2 * positions->told_capacity;
        positions->told = reallocate(positions->told,
                                     positions->told_capacity * sizeof *positions->told);
    }
    positions->told[positions->told_count] = (struct told_position){.step = 0};
    return &positions->told[positions->told_count++];
}

void positions_remember_told(struct positions *positions)
{
    for (size_t i = 0; i < positions->count; i++) {
        const struct saved_position *saved = &positions->saved[i];
        struct told_position *told = find_told(positions, &saved->identity);
        *told = (struct told_position){saved->name, saved->identity, saved->position, saved->step};
        if (saved->step > positions->step)
            positions->step = saved->step;
    }
    if (kafka_offsets_step(&positions->kafka) > positions->step)
        positions->step = kafka_offsets_step(&positions->kafka);
}

static bool same_identity(const struct file_identity *a, const struct file_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->birth == b->birth &&
           a->head_length == b->head_length && a->head_hash == b->head_hash;
}

static bool same_position(const struct input_position *a, const struct input_position *b)
{
    return a->offset == b->offset && a->line == b->line && a->skipping == b->skipping;
}

/* A file of which nothing was read needs no position. */
static bool is_known(const struct told_position *told, const struct saved_position *file)
{
    if (told->name == NULL)
        return file->position.offset == 0;
    return strcmp(told->name, file->name) == 0 && same_identity(&told->identity, &file->identity) &&
           same_position(&told->position, &file->position);
}

static void take_file(struct positions *positions, const struct saved_position *file,
                      position_taker *take, void *context)
{
    struct told_position *told = find_told(positions, &file->identity);
    struct text_buffer name = {0};
    if (is_known(told, file))
        return;
    utf8_repair(&name, file->name, strlen(file->name));
    take(context, &(struct moved_position){.name = name.bytes,
                                           .name_length = name.length,
                                           .identity = file->identity,
                                           .lines = file->position.line,
                                           .skipping = file->position.skipping,
                                           .offset = file->position.offset,
                                           .step = ++positions->step,
                                           .before = told->step});
    *told = (struct told_position){file->name, file->identity, file->position, positions->step};
    text_buffer_free(&name);
}

static void take_input(struct stream *stream, const struct input *input, position_taker *take,
                       void *context)
{
    struct saved_position file;
    if (positions_of_file(input, &file))
        take_file(stream->positions, &file, take, context);
}

static void take_partition(struct positions *positions, size_t index, position_taker *take,
                           void *context)
{
    struct kafka_partition *partition = &positions->kafka.partitions[index];
    struct json_slice topic = {positions->kafka.names.entries[index].bytes,
                               (uint32_t)partition->topic_length, JSON_STRING, 0};
    if (partition->offset == partition->told)
        return;
    char *name = allocate(topic.length);
    take(context, &(struct moved_position){.kafka = true,
                                           .name = name,
                                           .name_length = json_string_decode(topic, name),
                                           .partition = partition->number,
                                           .ts = partition->ts,
                                           .offset = (uint64_t)partition->offset,
                                           .step = ++positions->step,
                                           .before = partition->step});
    partition->told = partition->offset;
    partition->step = positions->step;
    free(name);
}

static bool is_standard_input(const char *name)
{
    return name != NULL && strcmp(name, "-") == 0;
}

void stream_check_positions(const struct stream *stream)
{
    bool kept = stream->settings->keeps_positions && stream->inputs != NULL;
    for (size_t i = 0; kept && i < stream->input_count; i++) {
        const struct byte_source *source = &stream->inputs[i].source;
        if (source->descriptor == STDIN_FILENO && is_standard_input(stream->settings->resume_from))
            usage_error(stream->tool->command, "--resume-from -: standard input is read for "
                                               "records already: name the files");
        if (!source->regular && stream->intake.envelope == NULL)
            usage_error(stream->tool->command,
                        "%s is a pipe, which has no position to keep: give "
                        "a file, or -J for what kcat prints",
                        source->name);
        for (size_t k = 0; k < i; k++)
            if (source->regular && source->descriptor >= 0 &&
                stream->inputs[k].source.device == source->device &&
                stream->inputs[k].source.inode == source->inode)
                usage_error(stream->tool->command, "%s and %s are one file, which has one position",
                            stream->inputs[k].source.name, source->name);
    }
}

/* What a durable stage may take back is left to a later run, as the follower leaves it to later. */
static void limit_reading(struct byte_source *source)
{
    struct committed_length committed;
    struct error_text error;
    enum committed_found found;
    if (!source->regular || source->descriptor <= STDIN_FILENO)
        return;
    found = committed_length_read(source->name, &committed, &error);
    if (found == COMMITTED_FAILED)
        die(STATUS_IO, "%s", error.text);
    if (found == COMMITTED_ABSENT)
        return;
    source->allowed = committed.length;
    if (committed.device == source->device && committed.inode == source->inode)
        return;
    source->allowed = 0;
    warn("%s.committed is that of another file: nothing of %s is read", source->name, source->name);
}

void stream_resume_positions(struct stream *stream)
{
    struct error_text error;
    if (!stream->settings->keeps_positions)
        return;
    for (size_t i = 0; i < stream->input_count; i++)
        if (stream->inputs[i].followed == 0)
            limit_reading(&stream->inputs[i].source);
    if (!positions_resume(stream, stream->settings->resume_from, &error))
        die(STATUS_STATE, "%s", error.text);
    if (stream->settings->resume_from == NULL)
        return;
    side_file_keep(&stream->rejects.file);
    side_file_keep(&stream->late.file);
}

void stream_take_positions(struct stream *stream, position_taker *take, void *context)
{
    struct positions *positions = stream->positions;
    while (positions->left > 0)
        take_file(positions, &positions->saved[--positions->left], take, context);
    for (size_t i = 0; i < stream->input_count; i++)
        take_input(stream, &stream->inputs[i], take, context);
    for (size_t i = 0; i < positions->kafka.names.count; i++)
        take_partition(positions, i, take, context);
}
