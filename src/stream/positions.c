#include "stream/positions.h"

#include "cli/diagnostics.h"
#include "ndjson/utf8_text.h"
#include "stream/former_name.h"
#include "stream/positions_parts.h"
#include "stream/resume_file.h"
#include "stream/stream_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void write_line(struct text_buffer *lines, const char *name,
                       const struct file_identity *identity, const struct input_position *position,
                       uint32_t group)
{
    struct text_buffer valid = {0};
    utf8_repair(&valid, name, strlen(name));
    text_buffer_add_text(lines, "{\"kind\":\"input\"");
    line_add_text(lines, ",\"name\":", valid.bytes, valid.length);
    line_add_natural(lines, ",\"device\":", identity->device);
    line_add_natural(lines, ",\"inode\":", identity->inode);
    line_add_integer(lines, ",\"birth\":", identity->birth);
    line_add_natural(lines, ",\"head_length\":", identity->head_length);
    line_add_hexadecimal(lines, ",\"head_hash\":", identity->head_hash);
    line_add_natural(lines, ",\"offset\":", position->offset);
    line_add_natural(lines, ",\"line\":", position->line);
    line_add_boolean(lines, ",\"skipping\":", position->skipping);
    line_add_natural(lines, ",\"group\":", group);
    text_buffer_add_text(lines, "}\n");
    text_buffer_free(&valid);
}

static bool parse_line(struct saved_position *saved, const char *line, size_t length,
                       struct text_buffer *name)
{
    struct line_fields fields;
    return line_fields_begin_kind(&fields, line, length, "input") &&
           line_fields_text(&fields, "name", name) &&
           line_fields_natural(&fields, "device", &saved->identity.device) &&
           line_fields_natural(&fields, "inode", &saved->identity.inode) &&
           line_fields_integer(&fields, "birth", &saved->identity.birth) &&
           line_fields_natural(&fields, "head_length", &saved->identity.head_length) &&
           saved->identity.head_length <= BYTE_HEAD_SIZE &&
           line_fields_hexadecimal(&fields, "head_hash", &saved->identity.head_hash) &&
           line_fields_natural(&fields, "offset", &saved->position.offset) &&
           line_fields_natural(&fields, "line", &saved->position.line) &&
           line_fields_boolean(&fields, "skipping", &saved->position.skipping) &&
           line_fields_natural(&fields, "group", &saved->group) &&
           (line_fields_natural(&fields, "step", &saved->step), line_fields_end(&fields));
}

static void add_saved(struct positions *positions, const struct saved_position *saved)
{
    if (positions->count == positions->capacity) {
        positions->capacity = positions->capacity == 0 ? 16 : 2 * positions->capacity;
        positions->saved = reallocate(positions->saved,
                                      positions->capacity * sizeof *positions->saved);
    }
    positions->saved[positions->count++] = *saved;
}

static bool take_line(void *context, const char *line, size_t length, struct error_text *error)
{
    struct saved_position saved = {0};
    struct text_buffer name = {0};
    (void)error;
    if (!parse_line(&saved, line, length, &name)) {
        text_buffer_free(&name);
        return false;
    }
    text_buffer_add_byte(&name, '\0');
    saved.name = name.bytes;
    add_saved(context, &saved);
    return true;
}

void positions_free(struct positions *positions)
{
    if (positions == NULL)
        return;
    for (size_t i = 0; i < positions->count; i++)
        free(positions->saved[i].name);
    free(positions->saved);
    free(positions->inputs);
    free(positions->told);
    kafka_offsets_free(&positions->kafka);
    free(positions);
}

/* Whether a file with the entry's device and inode is the one it was made of. `error`: it is, and
   has become shorter. A file that is too short to tell is another one unless the name is the same
   too. */
static bool is_file_of(const struct saved_position *saved, const struct byte_source *source,
                       struct error_text *error)
{
    bool same_name = strcmp(saved->name, source->name) == 0;
    switch (file_identity_match(&saved->identity, source->descriptor)) {
    case HEAD_SAME:
        return true;
    case HEAD_OTHER:
        return false;
    case HEAD_SHORTER:
        break;
    }
    if (same_name)
        refuse(error, "%s: holds less than the %" PRIu64 " bytes that were read of it",
               source->name, saved->position.offset);
    return same_name;
}

/* The entry of a file, of several the one with its name. NULL: it was not read before. */
static struct saved_position *find_file(struct positions *positions,
                                        const struct byte_source *source, struct error_text *error)
{
    struct saved_position *found = NULL;
    for (size_t i = 0; i < positions->count; i++) {
        struct saved_position *saved = &positions->saved[i];
        bool better = found == NULL || (strcmp(saved->name, source->name) == 0 &&
                                        strcmp(found->name, source->name) != 0);
        if (!saved->taken && better && saved->identity.device == source->device &&
            saved->identity.inode == source->inode && is_file_of(saved, source, error))
            found = saved;
    }
    return found;
}

/* *found: an earlier run has read the file, and it is where that left it. */
static bool restore_file(struct positions *positions, struct input *input, bool *found,
                         struct error_text *error)
{
    struct byte_source *source = &input->source;
    struct saved_position *saved;
    error->text[0] = '\0';
    saved = source->descriptor < 0 ? NULL : find_file(positions, source, error);
    *found = saved != NULL;
    if (error->text[0] != '\0')
        return false;
    if (saved == NULL)
        return true;
    saved->taken = true;
    source->start = 0;
    if (saved->group > 0 && input->live && saved->group != input->group)
        return refuse(error,
                      "%s: was operand %" PRIu64 " and is %" PRIu32
                      " now: streams are told apart by their place",
                      source->name, saved->group, input->group);
    if (input_go_to(input, saved->position))
        return true;
    *error = source->error;
    return false;
}

/* A followed file was rotated while nobody looked: reading goes on in it, under whatever name it
   has now, and comes to the one that has its name after that. */
static bool restore_former(struct stream *stream, struct input *input, struct error_text *error)
{
    struct positions *positions = stream->positions;
    for (size_t i = 0; i < positions->count; i++) {
        struct saved_position *saved = &positions->saved[i];
        bool found;
        int descriptor;
        if (saved->taken || saved->identity.device == 0 ||
            strcmp(saved->name, input->source.name) != 0)
            continue;
        descriptor = former_name_open(input->source.name, &saved->identity);
        if (descriptor < 0) {
            warn("%s: the file of which %" PRIu64 " bytes were read is no longer there: what came "
                 "to it after that is not read",
                 saved->name, saved->position.offset);
            return true;
        }
        return follower_go_back(stream->follower, input, descriptor, error) &&
               restore_file(positions, input, &found, error);
    }
    return true;
}

/* The pipe of that name: several of one name are told apart by their order. */
static void restore_pipe(struct positions *positions, struct input *input, bool resent)
{
    struct noted_input *noted = &positions->inputs[input->index];
    input->source.head = &noted->head;
    for (size_t i = 0; resent && i < positions->count; i++) {
        struct saved_position *saved = &positions->saved[i];
        if (saved->taken || saved->identity.device != 0 ||
            strcmp(saved->name, input->source.name) != 0)
            continue;
        saved->taken = true;
        noted->resent = *saved;
        input->replayed_until = saved->position.offset;
        return;
    }
}

static bool restore_input(struct stream *stream, struct input *input, struct error_text *error)
{
    bool found;
    if (!input->source.regular) {
        restore_pipe(stream->positions, input, stream->settings->resent);
        return true;
    }
    input->leaves_rest = input->followed == 0 && stream_pauses(stream);
    return restore_file(stream->positions, input, &found, error) &&
           (found || input->followed == 0 || restore_former(stream, input, error));
}

static bool restore_inputs(struct stream *stream, struct error_text *error)
{
    for (size_t i = 0; i < stream->input_count; i++)
        if (!restore_input(stream, &stream->inputs[i], error))
            return false;
    return true;
}

static struct positions *begin(struct stream *stream)
{
    struct positions *positions = allocate_zeroed(1, sizeof *positions);
    positions->inputs = allocate_zeroed(stream->input_count, sizeof *positions->inputs);
    return stream->positions = positions;
}

bool positions_restore(struct stream *stream, struct saved_snapshot *saved,
                       struct error_text *error)
{
    struct positions *positions = begin(stream);
    return (saved == NULL ||
            (saved_snapshot_manifest(saved, "input", take_line, positions, error) &&
             kafka_offsets_restore(&positions->kafka, saved, error))) &&
           restore_inputs(stream, error);
}

/* A snapshot has its lines in order; the database has those of a kind that it needs. */
static bool take_resumed(void *context, const char *line, size_t length, struct error_text *error)
{
    struct positions *positions = context;
    return take_line(positions, line, length, error) ||
           kafka_offsets_take(&positions->kafka, line, length);
}

bool positions_resume(struct stream *stream, const char *name, struct error_text *error)
{
    struct positions *positions = begin(stream);
    if (name != NULL && !resume_file_each(name, take_resumed, positions, error))
        return false;
    positions_remember_told(positions);
    return restore_inputs(stream, error);
}

bool positions_of_file(const struct input *input, struct saved_position *file)
{
    const struct byte_source *source = &input->source;
    if (!source->regular || source->descriptor < 0)
        return false;
    *file = (struct saved_position){.name = (char *)(uintptr_t)source->name,
                                    .position = input_position(input),
                                    .group = input->group};
    if (!file_identity_read(source->descriptor, source->allowed, &file->identity))
        die(STATUS_IO, "%s:", source->name);
    file->position.offset += source->start;
    return true;
}

static void save_file(const struct input *input, struct text_buffer *lines)
{
    struct saved_position file;
    if (positions_of_file(input, &file))
        write_line(lines, file.name, &file.identity, &file.position, input->group);
}

static void save_pipe(const struct positions *positions, const struct input *input,
                      struct text_buffer *lines)
{
    const struct noted_input *noted = &positions->inputs[input->index];
    struct input_position position = input_position(input);
    struct file_identity identity = pipe_identity(&noted->head, position.offset);
    if (position.offset < input->replayed_until)
        write_line(lines, noted->resent.name, &noted->resent.identity, &noted->resent.position,
                   input->group);
    else
        write_line(lines, input->source.name, &identity, &position, input->group);
}

void positions_save(struct stream *stream, struct text_buffer *lines)
{
    const struct positions *positions = stream->positions;
    size_t kept = 0;
    for (size_t i = 0; i < stream->input_count; i++) {
        if (stream->inputs[i].source.regular)
            save_file(&stream->inputs[i], lines);
        else
            save_pipe(positions, &stream->inputs[i], lines);
    }
    for (size_t i = 0; i < positions->count && kept < KEPT_POSITIONS; i++) {
        const struct saved_position *saved = &positions->saved[i];
        if (saved->taken || saved->identity.device == 0)
            continue;
        write_line(lines, saved->name, &saved->identity, &saved->position, 0);
        kept++;
    }
    kafka_offsets_save(&positions->kafka, lines);
}

static _Noreturn void refuse_resent(const struct input *input)
{
    die(STATUS_STATE, "%s: --resent: this is not the stream that was read before",
        input->source.name);
}

/* As soon as enough has come to tell. */
static void verify(struct noted_input *noted, const struct input *input)
{
    if (pipe_identity_match(&noted->resent.identity, &noted->head) == HEAD_SHORTER)
        return;
    if (pipe_identity_match(&noted->resent.identity, &noted->head) == HEAD_OTHER)
        refuse_resent(input);
    noted->verified = true;
}

bool positions_replayed(struct stream *stream, const struct event *event)
{
    struct positions *positions = stream->positions;
    struct noted_input *noted = &positions->inputs[event->input];
    const struct input *input = &stream->inputs[event->input];
    if (noted->resent.name != NULL && !noted->verified)
        verify(noted, input);
    if (event->offset < input->replayed_until)
        return true;
    return stream->intake.envelope != NULL &&
           kafka_offsets_pass(&positions->kafka, &event->variables);
}

void positions_file_left(struct stream *stream, const struct input *input)
{
    struct positions *positions = stream->positions;
    struct saved_position left;
    if (positions == NULL || !positions_of_file(input, &left))
        return;
    left.name = duplicate_text(left.name);
    left.group = 0;
    add_saved(positions, &left);
    memmove(positions->saved + 1, positions->saved,
            (positions->count - 1) * sizeof *positions->saved);
    positions->saved[0] = left;
    positions->left += stream->settings->keeps_positions;
}

void positions_input_ended(struct stream *stream, const struct input *input)
{
    const struct positions *positions = stream->positions;
    uint64_t came = input->source.position;
    if (input->left_rest)
        warn("%s:%" PRIu64 ": not a whole record yet: left to the next run", input->source.name,
             input->line_number + 1);
    if (positions == NULL || came >= input->replayed_until)
        return;
    if (!positions->inputs[input->index].verified)
        refuse_resent(input);
    die(STATUS_STATE, "%s: --resent: ended after %" PRIu64 " bytes, of the %" PRIu64 " read before",
        input->source.name, came, input->replayed_until);
}
