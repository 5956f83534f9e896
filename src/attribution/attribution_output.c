#include "attribution/attribution_output.h"

#include "ndjson/integer_text.h"
#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <inttypes.h>

enum { MEMBERS = 5 };

/* A member to be set: JSON text. */
struct set_member {
    const char *name;
    size_t name_length;
    const char *text;
    size_t length;
    bool written;
};

static struct set_member member(const char *name, const char *text, size_t length)
{
    return (struct set_member){name, strlen(name), text, length, false};
}

static struct set_member number_member(const char *name, char room[INTEGER_TEXT_SIZE],
                                       int64_t number)
{
    return member(name, room, integer_write(number, room));
}

static struct set_member *member_of_name(struct set_member *members, size_t count,
                                         struct json_slice name)
{
    for (size_t i = 0; i < count; i++)
        if (json_string_equals(name, members[i].name, members[i].name_length))
            return &members[i];
    return NULL;
}

/* What the record has not, and its end. */
static void add_rest(const struct set_member *members, size_t count, bool empty,
                     struct text_buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i].written)
            continue;
        text_buffer_add_text(out, empty ? "\"" : ",\"");
        text_buffer_add(out, members[i].name, members[i].name_length);
        text_buffer_add_text(out, "\":");
        text_buffer_add(out, members[i].text, members[i].length);
        empty = false;
    }
    text_buffer_add_byte(out, '}');
}

/* The record with these members, in place where it has them already. */
static void write_with(const struct attribution_row *row, struct set_member *members, size_t count,
                       struct text_buffer *out)
{
    struct json_slice object = {row->text, row->length, JSON_OBJECT, 0};
    struct json_iterator iterator = json_iterator_start(object);
    struct json_slice name, value;
    const char *from = object.text;
    bool empty = true;
    for (; json_iterator_next(&iterator, &name, &value); empty = false) {
        struct set_member *set = member_of_name(members, count, name);
        if (set == NULL)
            continue;
        text_buffer_add(out, from, (size_t)(value.text - from));
        text_buffer_add(out, set->text, set->length);
        set->written = true;
        from = value.text + value.length;
    }
    text_buffer_add(out, from, (size_t)(object.text + object.length - 1 - from));
    add_rest(members, count, empty, out);
}

static void touch_at(const struct attribution_result *result, const struct candidate *candidate,
                     struct attribution_row *touch)
{
    attribution_row_view(row_history_at(result->touches, candidate->position), touch);
}

static char *put(char *out, const char *text, size_t length)
{
    return (char *)memcpy(out, text, length) + length;
}

/* The commonest result, at once: of the members that are set event_time_ns alone is in the record.
 */
static void write_winner(const struct attribution_result *result, struct text_buffer *out)
{
    static const char attributed[] = ",\"attributed\":", touches[] = ",\"touches\":";
    const struct attribution_row *row = result->conversion;
    const char *behind = row->stamp.text + row->stamp.length;
    struct attribution_row touch = {.text = "null", .length = 4};
    char *start, *at;
    if (result->outcome->count > 0)
        touch_at(result, &result->outcome->credited[0], &touch);
    start = at = text_buffer_reserve(out, (size_t)row->length + touch.length + sizeof attributed +
                                              sizeof touches + 2 * INTEGER_TEXT_SIZE);
    if (!row->dated) {
        at = put(at, row->text, (size_t)(row->stamp.text - row->text));
        at += integer_write(row->time, at);
    } else {
        behind = row->text;
    }
    at = put(at, behind, (size_t)(row->text + row->length - 1 - behind));
    at = put(at, attributed, sizeof attributed - 1);
    at = put(at, touch.text, touch.length);
    at = put(at, touches, sizeof touches - 1);
    at += integer_write((int64_t)result->outcome->eligible, at);
    *at++ = '}';
    out->length += (size_t)(at - start);
}

/* The same where of the members the first is in the record, and none else. */
static void write_plain(const struct attribution_row *row, struct set_member *members, size_t count,
                        struct text_buffer *out)
{
    const char *behind = row->stamp.text + row->stamp.length;
    members[0].written = true;
    text_buffer_add(out, row->text, (size_t)(row->stamp.text - row->text));
    text_buffer_add(out, members[0].text, members[0].length);
    text_buffer_add(out, behind, (size_t)(row->text + row->length - 1 - behind));
    add_rest(members, count, false, out);
}

static struct set_member attributed_member(const struct attribution_result *result)
{
    struct attribution_row touch;
    if (result->outcome->count == 0)
        return member("attributed", "null", 4);
    touch_at(result, &result->outcome->credited[0], &touch);
    return member("attributed", touch.text, touch.length);
}

static struct set_member credits_member(struct attribution_output *output,
                                        const struct attribution_result *result)
{
    struct text_buffer *text = &output->credits;
    struct attribution_row touch;
    text->length = 0;
    text_buffer_add_byte(text, '[');
    for (size_t i = 0; i < result->outcome->count; i++) {
        const struct candidate *candidate = &result->outcome->credited[i];
        touch_at(result, candidate, &touch);
        text_buffer_add_text(text, i > 0 ? ",{\"touch\":" : "{\"touch\":");
        text_buffer_add(text, touch.text, touch.length);
        text_buffer_add_text(text, ",\"credit\":");
        credit_value_write(&result->value, candidate->units, text);
        text_buffer_add_byte(text, '}');
    }
    text_buffer_add_byte(text, ']');
    return member("credits", text->bytes, text->length);
}

const char *attribution_output_member(const struct attribution_output *output, size_t index)
{
    static const char *const names[] = {"touches", "rev", "final"};
    size_t count = output->revising ? 4 : 2;
    if (index == 0)
        return output->single ? "attributed" : "credits";
    return index < count ? names[index - 1] : NULL;
}

void attribution_output_free(struct attribution_output *output)
{
    text_buffer_free(&output->credits);
}

void attribution_output_write(struct attribution_output *output,
                              const struct attribution_result *result, struct text_buffer *out)
{
    struct set_member members[MEMBERS];
    char time[INTEGER_TEXT_SIZE], eligible[INTEGER_TEXT_SIZE], revision[INTEGER_TEXT_SIZE];
    size_t count = 0;
    if (result->conversion->plain && output->single && !output->revising) {
        write_winner(result, out);
        return;
    }
    members[count++] = number_member("event_time_ns", time, result->conversion->time);
    members[count++] = output->single ? attributed_member(result) : credits_member(output, result);
    members[count++] = number_member("touches", eligible, (int64_t)result->outcome->eligible);
    if (output->revising) {
        members[count++] = number_member("rev", revision, result->revision);
        members[count++] = result->final ? member("final", "true", 4) : member("final", "false", 5);
    }
    if (result->conversion->plain)
        write_plain(result->conversion, members, count, out);
    else
        write_with(result->conversion, members, count, out);
}

struct credit_line credit_lines(const struct attribution_result *result)
{
    return (struct credit_line){result, 0};
}

static bool still_credited(const struct outcome *outcome, uint64_t position)
{
    for (size_t i = 0; i < outcome->count; i++)
        if (outcome->credited[i].position == position)
            return true;
    return false;
}

/* Lines are numbered: one per credited touch, or one for none; then as many for the answer before,
   of which only those are written that are not credited any more. */
static size_t line_count(const struct outcome *outcome)
{
    if (outcome == NULL)
        return 0;
    return outcome->count > 0 ? outcome->count : 1;
}

static bool line_due(const struct credit_line *line)
{
    const struct outcome *now = line->result->outcome;
    const struct outcome *before = line->result->before;
    if (line->index < line_count(now))
        return true;
    if (before->count == 0)
        return now->count > 0;
    return !still_credited(now, before->credited[line->index - line_count(now)].position);
}

bool credit_line_left(struct credit_line *line)
{
    size_t count = line_count(line->result->outcome) + line_count(line->result->before);
    while (line->index < count && !line_due(line))
        line->index++;
    return line->index < count;
}

static void write_id(struct text_buffer *out, const char *name, struct json_slice id)
{
    text_buffer_add_text(out, name);
    text_buffer_add(out, id.text, id.length);
}

/* Sets the touch of a line, if it has one; returns its credit in units. */
static uint64_t line_touch(const struct credit_line *line, struct attribution_row *touch)
{
    const struct attribution_result *result = line->result;
    size_t now = line_count(result->outcome);
    bool old = line->index >= now;
    const struct outcome *outcome = old ? result->before : result->outcome;
    const struct candidate *candidate;
    if (outcome->count == 0)
        return old ? 0 : result->value.units;
    candidate = &outcome->credited[old ? line->index - now : line->index];
    touch_at(result, candidate, touch);
    return old ? 0 : candidate->units;
}

bool credit_line_write(const struct attribution_output *output, struct credit_line *line,
                       struct text_buffer *out)
{
    const struct attribution_result *result = line->result;
    const struct attribution_row *conversion = result->conversion;
    const struct json_slice none = {"null", 4, JSON_NULL, 0};
    struct attribution_row touch = {.text = "null", .length = 4, .id = none};
    uint64_t units;
    if (!credit_line_left(line))
        return false;
    units = line_touch(line, &touch);
    line->index++;
    write_id(out, "{\"conversion_id\":", conversion->id.kind <= JSON_NULL ? none : conversion->id);
    write_id(out, ",\"touch_id\":", touch.id);
    text_buffer_add_text(out, ",\"credit\":");
    credit_value_write(&result->value, units, out);
    text_buffer_add_format(out, ",\"event_time_ns\":%" PRId64 ",\"touch\":", conversion->time);
    text_buffer_add(out, touch.text, touch.length);
    text_buffer_add_text(out, ",\"conversion\":");
    text_buffer_add(out, conversion->text, conversion->length);
    if (output->revising)
        text_buffer_add_format(out, ",\"rev\":%u,\"final\":%s", result->revision,
                               result->final ? "true" : "false");
    text_buffer_add_byte(out, '}');
    return true;
}
