#include "join/join_output.h"

#include "ndjson/integer_text.h"
#include "ndjson/json_string.h"
#include "ndjson/utf8_text.h"

#include <inttypes.h>
#include <string.h>

static const char key_head[] = "{\"key\":";
static const char time_head[] = ",\"event_time_ns\":";
static const char late_tail[] = ",\"late\":true";

/* Members of the output that a row cannot be named like. */
static const char *const taken_names[] = {"key", "event_time_ns", "late"};

static bool check_name(const char *names, const char *name, size_t length, struct error_text *error)
{
    if (length == 0)
        return refuse(error, "'%s' is not two names: LEFT,RIGHT", names);
    for (size_t i = 0; i < sizeof taken_names / sizeof *taken_names; i++)
        if (strlen(taken_names[i]) == length && memcmp(taken_names[i], name, length) == 0)
            return refuse(error, "'%s' is a member of every result already", taken_names[i]);
    return true;
}

static void set_name(struct join_output *output, enum side side, const char *name, size_t length)
{
    struct text_buffer *head = &output->names[side];
    text_buffer_add_byte(head, ',');
    json_string_encode(head, name, length);
    text_buffer_add_byte(head, ':');
}

static bool set_names(struct join_output *output, const char *names, struct error_text *error)
{
    const char *comma = strchr(names, ',');
    size_t left = comma == NULL ? 0 : (size_t)(comma - names);
    size_t right = comma == NULL ? 0 : strlen(comma + 1);
    if (!check_name(names, names, left, error) ||
        !check_name(names, names + left + 1, right, error))
        return false;
    if (comma == NULL || memchr(comma + 1, ',', right) != NULL)
        return refuse(error, "'%s' is not two names: LEFT,RIGHT", names);
    if (left == right && memcmp(names, comma + 1, left) == 0)
        return refuse(error, "both rows would be '%.*s'", (int)left, names);
    if (!utf8_valid(names, strlen(names)))
        return refuse(error, "not UTF-8");
    set_name(output, SIDE_LEFT, names, left);
    set_name(output, SIDE_RIGHT, comma + 1, right);
    return true;
}

bool join_output_init(struct join_output *output, enum output_shape shape, bool timed,
                      const char *names, struct error_text *error)
{
    *output = (struct join_output){.shape = shape, .timed = timed};
    return set_names(output, names == NULL ? "left,right" : names, error);
}

void join_output_free(struct join_output *output)
{
    text_buffer_free(&output->names[SIDE_LEFT]);
    text_buffer_free(&output->names[SIDE_RIGHT]);
    flat_record_free(&output->flat);
}

static char *put(char *at, const void *bytes, size_t length)
{
    memcpy(at, bytes, length);
    return at + length;
}

static char *put_row(char *at, const struct text_buffer *name, const struct row_view *row)
{
    at = put(at, name->bytes, name->length);
    return row == NULL ? put(at, "null", 4) : put(at, row->text, row->length);
}

static size_t row_room(const struct row_view *row)
{
    return row == NULL ? 4 : row->length;
}

void join_output_write_pair(const struct join_output *output, const struct join_result *result,
                            struct text_buffer *out)
{
    size_t room = sizeof key_head + sizeof time_head + sizeof late_tail + INTEGER_TEXT_SIZE +
                  result->key->text.length + row_room(result->left) + row_room(result->right) +
                  output->names[SIDE_LEFT].length + output->names[SIDE_RIGHT].length + 1;
    char *start = text_buffer_reserve(out, room);
    char *at = put(start, key_head, sizeof key_head - 1);
    if (json_slice_absent(result->key->text))
        at = put(at, "null", 4);
    else
        at = put(at, result->key->text.text, result->key->text.length);
    if (output->timed) {
        at = put(at, time_head, sizeof time_head - 1);
        at += integer_write(result->time, at);
    }
    at = put_row(at, &output->names[SIDE_LEFT], result->left);
    at = put_row(at, &output->names[SIDE_RIGHT], result->right);
    if (result->late)
        at = put(at, late_tail, sizeof late_tail - 1);
    *at++ = '}';
    out->length += (size_t)(at - start);
}

static struct json_slice row_slice(const struct row_view *row)
{
    if (row == NULL)
        return (struct json_slice){.kind = JSON_ABSENT};
    return (struct json_slice){row->text, row->length, JSON_OBJECT, 0};
}

/* As it came in, but for the member that says it is late. */
static void write_line(struct join_output *output, const struct join_result *result,
                       struct text_buffer *out)
{
    const struct row_view *row = result->left != NULL ? result->left : result->right;
    if (result->late)
        flat_record_write(&output->flat, row_slice(row), row_slice(NULL), NULL, true, out);
    else
        text_buffer_add(out, row->text, row->length);
}

static void write_flat(struct join_output *output, const struct join_result *result,
                       struct text_buffer *out)
{
    const int64_t *time = output->timed ? &result->time : NULL;
    struct json_slice left = row_slice(result->left);
    struct json_slice right = row_slice(result->right);
    if (result->left == NULL)
        flat_record_write(&output->flat, right, left, time, result->late, out);
    else
        flat_record_write(&output->flat, left, right, time, result->late, out);
}

void join_output_write(struct join_output *output, const struct join_result *result,
                       struct text_buffer *out)
{
    switch (output->shape) {
    case SHAPE_PAIR:
        join_output_write_pair(output, result, out);
        break;
    case SHAPE_FLAT:
        write_flat(output, result, out);
        break;
    case SHAPE_LINE:
        write_line(output, result, out);
        break;
    }
}

void join_output_add_counts(const struct join_counts *counts, struct text_buffer *out)
{
    text_buffer_add_format(
        out,
        ",\"pairs\":%" PRIu64 ",\"unmatched_left\":%" PRIu64 ",\"unmatched_right\":%" PRIu64
        ",\"held_left\":%" PRIu64 ",\"held_right\":%" PRIu64 ",\"state_bytes\":%" PRIu64,
        counts->pairs, counts->unmatched[SIDE_LEFT], counts->unmatched[SIDE_RIGHT],
        counts->held[SIDE_LEFT], counts->held[SIDE_RIGHT], counts->bytes);
}
