#include "ndjson/json_plain.h"

#include "ndjson/json_escape.h"
#include "ndjson/json_scalar.h"
#include "ndjson/json_string.h"
#include "ndjson/json_utf8.h"

#include <string.h>

enum { NO_NODE = UINT32_MAX };

struct plain {
    const char *at;
    const char *end;
    const struct json_node *nodes;
    struct json_slice *slots;
    const char *reason;
    const char *error;
    enum json_utf8 utf8;
};

/* What stands at a place is often a better reason than what was expected there. */
static bool plain_fail(struct plain *plain, const char *at, const char *reason)
{
    plain->error = at;
    plain->reason = reason;
    if (at == plain->end)
        plain->reason = "truncated";
    else if ((unsigned char)*at < 0x20)
        plain->reason = "raw control character";
    else if (plain->utf8 == JSON_UTF8_CHECKED && json_utf8_sequence(at, plain->end) == 0)
        plain->reason = "invalid UTF-8";
    return false;
}

static void skip_space(struct plain *plain)
{
    while (plain->at < plain->end &&
           (*plain->at == ' ' || *plain->at == '\t' || *plain->at == '\r'))
        plain->at++;
}

/* The end of the line if nothing is left; NUL is never legal outside of strings. */
static char peek(const struct plain *plain)
{
    return plain->at < plain->end ? *plain->at : '\0';
}

static bool read_string_byte(struct plain *plain, struct json_slice *slice)
{
    size_t length;
    if (*plain->at == '\\') {
        const char *reason;
        slice->flags = JSON_FLAG_ESCAPED;
        length = json_escape_measure(plain->at, plain->end, &reason);
        if (length == 0)
            return plain_fail(plain, plain->at, reason);
    } else {
        length = plain->utf8 == JSON_UTF8_CHECKED ? json_utf8_sequence(plain->at, plain->end) : 1;
        if (length == 0 || (unsigned char)*plain->at < 0x20)
            return plain_fail(plain, plain->at, "raw control character");
    }
    plain->at += length;
    return true;
}

static bool is_ordinary(char byte)
{
    return (unsigned char)byte >= 0x20 && (unsigned char)byte < 0x80 && byte != '"' && byte != '\\';
}

static bool read_string(struct plain *plain, struct json_slice *slice)
{
    *slice = (struct json_slice){.text = plain->at++, .kind = JSON_STRING};
    for (;;) {
        while (plain->at < plain->end && is_ordinary(*plain->at))
            plain->at++;
        if (plain->at == plain->end)
            return plain_fail(plain, plain->at, "truncated");
        if (*plain->at == '"')
            break;
        if (!read_string_byte(plain, slice))
            return false;
    }
    plain->at++;
    slice->length = (uint32_t)(plain->at - slice->text);
    return true;
}

static bool read_number(struct plain *plain, struct json_slice *slice)
{
    *slice = (struct json_slice){.text = plain->at, .kind = JSON_NUMBER};
    if (!json_number_skip(&plain->at, plain->end, &slice->flags))
        return plain_fail(plain, plain->at, "invalid JSON: bad number");
    slice->length = (uint32_t)(plain->at - slice->text);
    return true;
}

static bool read_literal(struct plain *plain, struct json_slice *slice)
{
    *slice = (struct json_slice){.text = plain->at};
    size_t length = json_literal_measure(plain->at, plain->end, &slice->kind);
    if (length == 0)
        return plain_fail(plain, plain->at, "invalid JSON: expected a value");
    plain->at += length;
    slice->length = (uint32_t)length;
    return true;
}

static uint32_t find_member(const struct plain *plain, uint32_t node, struct json_slice name)
{
    if (node == NO_NODE)
        return NO_NODE;
    uint32_t child = plain->nodes[node].first_child;
    for (; child; child = plain->nodes[child].next_sibling) {
        const struct json_step *step = &plain->nodes[child].step;
        if (step->name && json_string_equals(name, step->name, step->length))
            return child;
    }
    return NO_NODE;
}

static uint32_t find_element(const struct plain *plain, uint32_t node, uint32_t index)
{
    if (node == NO_NODE)
        return NO_NODE;
    uint32_t child = plain->nodes[node].first_child;
    while (child && (plain->nodes[child].step.name || plain->nodes[child].step.index != index))
        child = plain->nodes[child].next_sibling;
    return child ? child : NO_NODE;
}

static bool read_value(struct plain *plain, uint32_t node, unsigned depth,
                       struct json_slice *slice);

static bool read_child(struct plain *plain, uint32_t node, unsigned depth)
{
    struct json_slice ignored;
    return read_value(plain, node, depth + 1, node == NO_NODE ? &ignored : &plain->slots[node]);
}

static bool read_member(struct plain *plain, uint32_t node, unsigned depth)
{
    struct json_slice name;
    skip_space(plain);
    if (peek(plain) != '"')
        return plain_fail(plain, plain->at, "invalid JSON: expected a member name");
    if (!read_string(plain, &name))
        return false;
    uint32_t child = find_member(plain, node, name);
    if (child != NO_NODE && plain->slots[child].kind != JSON_ABSENT) {
        plain_fail(plain, name.text, "member stands twice");
        return false;
    }
    skip_space(plain);
    if (peek(plain) != ':')
        return plain_fail(plain, plain->at, "invalid JSON: expected ':'");
    plain->at++;
    return read_child(plain, child, depth);
}

static bool read_element(struct plain *plain, uint32_t node, unsigned depth, uint32_t index)
{
    return read_child(plain, find_element(plain, node, index), depth);
}

/* After a member or element: true and *more = whether a comma follows. */
static bool read_separator(struct plain *plain, char close, bool *more)
{
    skip_space(plain);
    char byte = peek(plain);
    if (byte != ',' && byte != close)
        return plain_fail(plain, plain->at,
                          close == '}' ? "invalid JSON: expected ',' or '}'"
                                       : "invalid JSON: expected ',' or ']'");
    plain->at++;
    *more = byte == ',';
    return true;
}

static bool read_container(struct plain *plain, uint32_t node, unsigned depth,
                           struct json_slice *slice)
{
    const char *start = plain->at;
    bool object = *start == '{';
    char close = object ? '}' : ']';
    if (depth > JSON_MAX_DEPTH)
        return plain_fail(plain, start, "nested deeper than 128");
    *slice = (struct json_slice){.text = start, .kind = object ? JSON_OBJECT : JSON_ARRAY};
    plain->at++;
    skip_space(plain);
    bool more = peek(plain) != close;
    plain->at += !more;
    for (uint32_t index = 0; more; index++) {
        if (!(object ? read_member(plain, node, depth) : read_element(plain, node, depth, index)) ||
            !read_separator(plain, close, &more))
            return false;
    }
    slice->length = (uint32_t)(plain->at - start);
    return true;
}

static bool read_value(struct plain *plain, uint32_t node, unsigned depth, struct json_slice *slice)
{
    skip_space(plain);
    char byte = peek(plain);
    if (byte == '"')
        return read_string(plain, slice);
    if (byte == '{' || byte == '[')
        return read_container(plain, node, depth, slice);
    if (byte == '-' || (byte >= '0' && byte <= '9'))
        return read_number(plain, slice);
    return read_literal(plain, slice);
}

static bool read_record(struct plain *plain)
{
    const char *start = plain->at;
    if (!read_value(plain, JSON_ROOT_SLOT, 1, &plain->slots[JSON_ROOT_SLOT]))
        return false;
    skip_space(plain);
    if (plain->at < plain->end)
        return plain_fail(plain, plain->at, "invalid JSON: text after the value");
    return *start == '{' || plain_fail(plain, start, "not an object");
}

enum scan_status json_plain_scan(const struct json_projection *projection, enum json_utf8 utf8,
                                 struct json_line *line)
{
    struct plain plain = {.at = line->text,
                          .end = line->text + line->length,
                          .nodes = json_projection_nodes(projection),
                          .slots = line->slots,
                          .utf8 = utf8};
    skip_space(&plain);
    if (plain.at == plain.end)
        return SCAN_BLANK;
    memset(line->slots, 0, json_projection_slots(projection) * sizeof *line->slots);
    if (read_record(&plain))
        return SCAN_RECORD;
    line->reason = plain.reason;
    line->error_byte = (uint32_t)(plain.error - line->text) + 1;
    return SCAN_REJECTED;
}

void json_plain_find_end(struct json_line *line, const char *limit)
{
    const char *feed = memchr(line->text, '\n', (size_t)(limit - line->text));
    const char *end = feed ? feed : limit;
    line->next = feed ? feed + 1 : limit;
    line->length = (uint32_t)(end - line->text);
    if (feed && end > line->text && end[-1] == '\r')
        line->length--;
}
