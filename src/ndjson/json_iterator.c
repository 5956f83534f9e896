#include "ndjson/json_iterator.h"

#include "ndjson/json_string.h"

#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r'))
        at++;
    return at;
}

/* Behind the string that starts at `at`; *escaped as JSON_FLAG_ESCAPED. */
static const char *skip_string(const char *at, const char *end, uint8_t *flags)
{
    *flags = 0;
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') {
            *flags = JSON_FLAG_ESCAPED;
            at++;
        }
    return at + 1;
}

static const char *skip_number(const char *at, const char *end, uint8_t *flags)
{
    *flags = JSON_FLAG_INTEGER;
    for (; at < end; at++) {
        char byte = *at;
        if (byte == '.' || (byte | 0x20) == 'e')
            *flags = 0;
        else if (byte != '-' && byte != '+' && (byte < '0' || byte > '9'))
            break;
    }
    return at;
}

static const char *skip_container(const char *at, const char *end)
{
    size_t depth = 0;
    uint8_t flags;
    do {
        if (*at == '"') {
            at = skip_string(at, end, &flags);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
    } while (depth > 0 && at < end);
    return at;
}

struct json_slice json_slice_at(const char *text, const char *end)
{
    struct json_slice slice = {.text = text};
    const char *behind;
    switch (*text) {
    case '"':
        slice.kind = JSON_STRING;
        behind = skip_string(text, end, &slice.flags);
        break;
    case '{':
    case '[':
        slice.kind = *text == '{' ? JSON_OBJECT : JSON_ARRAY;
        behind = skip_container(text, end);
        break;
    case 't':
    case 'n':
        slice.kind = *text == 't' ? JSON_TRUE : JSON_NULL;
        behind = text + 4;
        break;
    case 'f':
        slice.kind = JSON_FALSE;
        behind = text + 5;
        break;
    default:
        slice.kind = JSON_NUMBER;
        behind = skip_number(text, end, &slice.flags);
    }
    slice.length = (uint32_t)(behind - text);
    return slice;
}

struct json_iterator json_iterator_start(struct json_slice container)
{
    if (container.kind != JSON_ARRAY && container.kind != JSON_OBJECT)
        return (struct json_iterator){NULL, NULL, false};
    const char *end = container.text + container.length - 1;
    return (struct json_iterator){skip_space(container.text + 1, end), end,
                                  container.kind == JSON_OBJECT};
}

bool json_iterator_next(struct json_iterator *iterator, struct json_slice *name,
                        struct json_slice *value)
{
    const char *at = iterator->at;
    const char *end = iterator->end;
    if (at >= end)
        return false;
    if (iterator->object) {
        struct json_slice member = json_slice_at(at, end);
        at = skip_space(at + member.length, end);
        at = skip_space(at + 1, end);
        if (name)
            *name = member;
    }
    *value = json_slice_at(at, end);
    at = skip_space(at + value->length, end);
    if (at < end)
        at = skip_space(at + 1, end);
    iterator->at = at;
    return true;
}

struct json_slice json_member(struct json_slice object, const char *name, size_t length)
{
    struct json_slice found = {.kind = JSON_ABSENT};
    struct json_slice member = found, value = found;
    struct json_iterator iterator = json_iterator_start(object);
    while (json_iterator_next(&iterator, &member, &value))
        if (json_string_equals(member, name, length))
            found = value;
    return found;
}

size_t json_array_length(struct json_slice array)
{
    size_t count = 0;
    struct json_slice value;
    struct json_iterator iterator = json_iterator_start(array);
    while (json_iterator_next(&iterator, NULL, &value))
        count++;
    return count;
}

struct json_slice json_element(struct json_slice array, int64_t index)
{
    struct json_slice value;
    if (index < 0)
        index += (int64_t)json_array_length(array);
    struct json_iterator iterator = json_iterator_start(array);
    while (index >= 0 && json_iterator_next(&iterator, NULL, &value))
        if (index-- == 0)
            return value;
    return (struct json_slice){.kind = JSON_ABSENT};
}

static int order_members(const void *a, const void *b)
{
    const struct json_member_entry *left = a, *right = b;
    int order = json_string_compare(left->name, right->name);
    return order ? order : (left->position > right->position) - (left->position < right->position);
}

static size_t drop_repeated(struct json_member_entry *members, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && json_string_compare(members[kept - 1].name, members[i].name) == 0)
            members[kept - 1].value = members[i].value;
        else
            members[kept++] = members[i];
    }
    return kept;
}

struct json_member_entry *json_members_sorted(struct json_slice object, struct scratch *scratch,
                                              size_t *count)
{
    struct json_slice name, value;
    size_t room = 0;
    struct json_iterator iterator = json_iterator_start(object);
    while (json_iterator_next(&iterator, &name, &value))
        room++;
    struct json_member_entry *members = scratch_take(scratch, (room + 1) * sizeof *members);
    *count = 0;
    iterator = json_iterator_start(object);
    while (json_iterator_next(&iterator, &name, &value)) {
        members[*count] = (struct json_member_entry){name, value, *count};
        ++*count;
    }
    qsort(members, *count, sizeof *members, order_members);
    *count = drop_repeated(members, *count);
    return members;
}
