#include "ndjson/json_members.h"

#include "ndjson/json_string.h"

#include <string.h>

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r' || *at == '\n'))
        at++;
    return at;
}

static const char *skip_string(const char *at, const char *end, uint8_t *flags)
{
    for (at++; at < end && *at != '"'; at++) {
        if (*at == '\\') {
            *flags |= JSON_FLAG_ESCAPED;
            at++;
        }
    }
    return at + 1;
}

static const char *skip_container(const char *at, const char *end)
{
    uint8_t ignored = 0;
    size_t depth = 0;
    while (at < end) {
        if (*at == '"') {
            at = skip_string(at, end, &ignored);
            continue;
        }
        if (*at == '{' || *at == '[')
            depth++;
        else if (*at == '}' || *at == ']')
            depth--;
        at++;
        if (depth == 0)
            break;
    }
    return at;
}

static const char *skip_number(const char *at, const char *end, uint8_t *flags)
{
    *flags |= JSON_FLAG_INTEGER;
    for (; at < end && strchr("+-.eE0123456789", *at) != NULL && *at != '\0'; at++)
        if (*at == '.' || *at == 'e' || *at == 'E')
            *flags &= (uint8_t)~JSON_FLAG_INTEGER;
    return at;
}

struct json_slice json_value_at(const char *at, const char *end)
{
    struct json_slice slice = {NULL, 0, JSON_ABSENT, 0};
    at = skip_space(at, end);
    if (at >= end)
        return slice;
    slice.text = at;
    switch (*at) {
    case '"':
        slice.kind = JSON_STRING;
        at = skip_string(at, end, &slice.flags);
        break;
    case '{':
    case '[':
        slice.kind = *at == '{' ? JSON_OBJECT : JSON_ARRAY;
        at = skip_container(at, end);
        break;
    case 't':
        slice.kind = JSON_TRUE;
        at += 4;
        break;
    case 'f':
        slice.kind = JSON_FALSE;
        at += 5;
        break;
    case 'n':
        slice.kind = JSON_NULL;
        at += 4;
        break;
    default:
        slice.kind = JSON_NUMBER;
        at = skip_number(at, end, &slice.flags);
    }
    slice.length = (uint32_t)(at - slice.text);
    return slice;
}

struct json_members json_members_of(struct json_slice container)
{
    if (container.kind != JSON_OBJECT && container.kind != JSON_ARRAY)
        return (struct json_members){NULL, NULL, false};
    return (struct json_members){container.text + 1, container.text + container.length - 1,
                                 container.kind == JSON_OBJECT};
}

bool json_members_next(struct json_members *members, struct json_slice *name,
                       struct json_slice *value)
{
    const char *at = skip_space(members->at, members->end);
    if (at >= members->end)
        return false;
    *name = (struct json_slice){NULL, 0, JSON_ABSENT, 0};
    if (members->object) {
        *name = json_value_at(at, members->end);
        at = skip_space(name->text + name->length, members->end) + 1;
    }
    *value = json_value_at(at, members->end);
    at = skip_space(value->text + value->length, members->end);
    members->at = at < members->end ? at + 1 : at;
    return true;
}

struct json_slice json_member(struct json_slice object, const char *name)
{
    struct json_slice found = {NULL, 0, JSON_ABSENT, 0};
    struct json_members members = json_members_of(object);
    struct json_slice member_name;
    struct json_slice value;
    if (!members.object)
        return found;
    while (json_members_next(&members, &member_name, &value))
        if (json_string_equals(member_name, name, strlen(name)))
            found = value;
    return found;
}
