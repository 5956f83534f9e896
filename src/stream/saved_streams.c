#include "stream/saved_streams.h"

#include "ndjson/json_slice.h"
#include "ndjson/utf8_text.h"
#include "state/line_fields.h"
#include "stream/stream_state.h"

#include <string.h>

/* The kinds that a partition's name can have, by enum json_kind. */
static const char *const type_words[] = {"",       "null",   "false", "true",
                                         "number", "string", "array", NULL};

static void write_counters(const struct counters *counters, struct text_buffer *lines)
{
    const char *name;
    text_buffer_add_text(lines, "{\"kind\":\"counters\"");
    for (unsigned i = 0; (name = counters_name(i)) != NULL; i++) {
        text_buffer_add_format(lines, ",\"%s\":", name);
        line_add_natural(lines, "", counters_value(counters, i));
    }
    text_buffer_add_text(lines, "}\n");
}

/* Bytes that are no UTF-8 (a key that is an array) go out as hexadecimal digits. */
static void write_name(struct text_buffer *lines, const char *member, const char *bytes,
                       size_t length)
{
    if (length == 0)
        return;
    if (utf8_valid(bytes, length)) {
        text_buffer_add_format(lines, ",\"%s\":", member);
        line_add_text(lines, "", bytes, length);
        return;
    }
    text_buffer_add_format(lines, ",\"%s_hex\":\"", member);
    for (size_t i = 0; i < length; i++)
        text_buffer_add_format(lines, "%02x", (unsigned)(unsigned char)bytes[i]);
    text_buffer_add_byte(lines, '"');
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

static bool add_hexadecimal(const struct text_buffer *digits, struct text_buffer *name)
{
    for (size_t i = 0; i + 1 < digits->length; i += 2) {
        int high = digit_value(digits->bytes[i]);
        int low = digit_value(digits->bytes[i + 1]);
        if (high < 0 || low < 0)
            return false;
        text_buffer_add_byte(name, (char)(high << 4 | low));
    }
    return digits->length % 2 == 0;
}

/* Appends the name, nothing if there is none. */
static bool read_name(struct line_fields *fields, const char *member, const char *member_hex,
                      struct text_buffer *name)
{
    struct text_buffer digits = {0};
    bool fine = true;
    if (!line_fields_text(fields, member, name) && line_fields_text(fields, member_hex, &digits))
        fine = add_hexadecimal(&digits, name);
    text_buffer_free(&digits);
    return fine;
}

static void write_partition(const struct partition *partition, const struct name_entry *name,
                            uint32_t number, struct text_buffer *lines)
{
    line_add_natural(lines, "{\"kind\":\"partition\",\"number\":", number);
    if (name->length > 0) {
        const char *type = type_words[(unsigned char)name->bytes[0]];
        line_add_text(lines, ",\"type\":", type, strlen(type));
        write_name(lines, "name", name->bytes + 1, name->length - 1);
    }
    if (partition->told == WATERMARK_END)
        line_add_boolean(lines, ",\"ended\":", true);
    else if (partition->told != WATERMARK_UNDEFINED)
        line_add_integer(lines, ",\"watermark\":", partition->told);
    text_buffer_add_text(lines, "}\n");
}

/* A full name is the input's group, topic, partition and value (name_stream in dispatch.c). The
   first three hold no byte 0x1f. */
static void write_full_name(const struct name_entry *name, uint32_t input,
                            struct text_buffer *lines)
{
    static const char *const members[] = {"topic", "kafka_partition"};
    const char *at = name->bytes + sizeof input + 1;
    const char *end = name->bytes + name->length;
    line_add_natural(lines, ",\"input\":", input);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const char *next = memchr(at, '\x1f', (size_t)(end - at));
        write_name(lines, members[i], at, (size_t)(next - at));
        at = next + 1;
    }
    write_name(lines, "name", at, (size_t)(end - at));
}

static void write_stream(const struct partition *partition, uint32_t number, size_t index,
                         struct text_buffer *lines)
{
    const struct watermark_stream *stream = &partition->watermark.streams[index];
    const struct stream_activity *activity = &partition->activity[index];
    const struct name_entry *name = &partition->streams.entries[index];
    line_add_natural(lines, "{\"kind\":\"stream\",\"partition\":", number);
    line_add_natural(lines, ",\"number\":", index);
    if (activity->input == UINT32_MAX)
        write_name(lines, "name", name->bytes, name->length);
    else
        write_full_name(name, activity->input, lines);
    if (stream->maximum != INT64_MIN)
        line_add_integer(lines, ",\"maximum\":", stream->maximum);
    line_add_boolean(lines, ",\"awaited\":", stream->awaited);
    line_add_boolean(lines, ",\"idle\":", stream->idle);
    line_add_natural(lines, ",\"controls\":", activity->controls);
    text_buffer_add_text(lines, "}\n");
}

void saved_streams_write(const struct stream *stream, struct text_buffer *lines)
{
    const struct partitions *partitions = &stream->partitions;
    write_counters(&stream->counters, lines);
    for (size_t p = 0; p < partitions->count; p++) {
        const struct partition *partition = &partitions->items[p];
        write_partition(partition, &partitions->names.entries[p], (uint32_t)p, lines);
        for (size_t i = 0; i < partition->watermark.count; i++)
            write_stream(partition, (uint32_t)p, i, lines);
    }
}

static bool take_counters(void *context, const char *line, size_t length, struct error_text *error)
{
    struct counters *counters = context;
    struct line_fields fields;
    const char *name;
    uint64_t value;
    (void)error;
    if (!line_fields_begin_kind(&fields, line, length, "counters"))
        return false;
    for (unsigned i = 0; (name = counters_name(i)) != NULL; i++) {
        if (!line_fields_natural(&fields, name, &value))
            return false;
        counters_set(counters, i, value);
    }
    return line_fields_end(&fields);
}

/* The kind's byte first, as dispatch.c names partitions; nothing without --partition. */
static bool read_partition_name(struct line_fields *fields, struct text_buffer *name)
{
    struct text_buffer type = {0};
    bool fine = true;
    if (line_fields_text(fields, "type", &type)) {
        unsigned kind = 1;
        while (type_words[kind] != NULL && (strlen(type_words[kind]) != type.length ||
                                            memcmp(type_words[kind], type.bytes, type.length) != 0))
            kind++;
        text_buffer_add_byte(name, (char)kind);
        fine = type_words[kind] != NULL && read_name(fields, "name", "name_hex", name);
    }
    text_buffer_free(&type);
    return fine;
}

static bool take_partition(void *context, const char *line, size_t length, struct error_text *error)
{
    struct stream *stream = context;
    struct line_fields fields;
    struct text_buffer name = {0};
    uint64_t number;
    int64_t watermark = WATERMARK_UNDEFINED;
    bool ended = false;
    (void)error;
    bool fine = line_fields_begin_kind(&fields, line, length, "partition") &&
                line_fields_natural(&fields, "number", &number) &&
                read_partition_name(&fields, &name);
    if (fine && line_fields_boolean(&fields, "ended", &ended) && ended)
        watermark = WATERMARK_END;
    else if (fine)
        line_fields_integer(&fields, "watermark", &watermark);
    fine = fine && line_fields_end(&fields) &&
           partitions_put(&stream->partitions, name.length == 0 ? "" : name.bytes, name.length) ==
               number;
    if (fine)
        partitions_restore_watermark(&stream->partitions, (uint32_t)number, watermark);
    text_buffer_free(&name);
    return fine;
}

static bool has_group(const struct stream *stream, uint32_t group)
{
    for (size_t i = 0; i < stream->input_count; i++)
        if (stream->inputs[i].group == group)
            return true;
    return false;
}

/* Appends the stream's name as dispatch.c makes it. */
static bool read_stream_name(struct line_fields *fields, struct saved_stream *saved,
                             struct text_buffer *name)
{
    uint64_t input;
    saved->input = UINT32_MAX;
    if (!line_fields_natural(fields, "input", &input))
        return read_name(fields, "name", "name_hex", name);
    if (input >= UINT32_MAX)
        return false;
    saved->input = (uint32_t)input;
    text_buffer_add(name, &saved->input, sizeof saved->input);
    text_buffer_add_byte(name, '\x1f');
    if (!read_name(fields, "topic", "topic_hex", name))
        return false;
    text_buffer_add_byte(name, '\x1f');
    if (!read_name(fields, "kafka_partition", "kafka_partition_hex", name))
        return false;
    text_buffer_add_byte(name, '\x1f');
    return read_name(fields, "name", "name_hex", name);
}

/* What was read of a stream that is to be added to a partition. */
static bool read_stream(const struct stream *stream, struct line_fields *fields,
                        struct saved_stream *saved, struct text_buffer *name)
{
    saved->maximum = INT64_MIN;
    if (!read_stream_name(fields, saved, name))
        return false;
    line_fields_integer(fields, "maximum", &saved->maximum);
    if (!line_fields_boolean(fields, "awaited", &saved->awaited) ||
        !line_fields_boolean(fields, "idle", &saved->idle) ||
        !line_fields_natural(fields, "controls", &saved->controls) || !line_fields_end(fields))
        return false;
    saved->name = name->length == 0 ? "" : name->bytes;
    saved->length = name->length;
    saved->ended = (stream->settings->end_count > 0 &&
                    saved->controls >= stream->settings->end_count) ||
                   (saved->input != UINT32_MAX && !has_group(stream, saved->input));
    return true;
}

static bool take_stream(void *context, const char *line, size_t length, struct error_text *error)
{
    struct stream *stream = context;
    struct saved_stream saved = {0};
    struct line_fields fields;
    struct text_buffer name = {0};
    uint64_t partition;
    uint64_t number;
    (void)error;
    bool fine = line_fields_begin_kind(&fields, line, length, "stream") &&
                line_fields_natural(&fields, "partition", &partition) &&
                partition < stream->partitions.count &&
                line_fields_natural(&fields, "number", &number) &&
                read_stream(stream, &fields, &saved, &name) &&
                partitions_restore_stream(&stream->partitions, (uint32_t)partition, number, &saved);
    text_buffer_free(&name);
    return fine;
}

bool saved_streams_read(struct stream *stream, const struct saved_snapshot *saved,
                        struct error_text *error)
{
    if (!saved_snapshot_manifest(saved, "counters", take_counters, &stream->counters, error) ||
        !saved_snapshot_manifest(saved, "partition", take_partition, stream, error) ||
        !saved_snapshot_manifest(saved, "stream", take_stream, stream, error))
        return false;
    partitions_restored(&stream->partitions);
    return true;
}
