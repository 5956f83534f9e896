#include "stream/time_expression.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"

#include <ctype.h>
#include <string.h>

/* "EXPR:UNIT": what stands behind the last colon, if that is a unit. jq has no use for a colon
   followed by one of these words at the end of an expression. */
static size_t split_unit(const char *text, enum time_unit *unit, bool *known)
{
    const char *colon = strrchr(text, ':');
    *known = colon != NULL && time_unit_parse(colon + 1, strlen(colon + 1), unit);
    return *known ? (size_t)(colon - text) : strlen(text);
}

/* jq's complaint about the colon would help nobody whose unit is misspelt. */
static void refuse_unit(const char *text, struct error_text *error)
{
    const char *colon = strrchr(text, ':');
    if (colon != NULL && strspn(colon + 1, "abcdefghijklmnopqrstuvwxyz") == strlen(colon + 1))
        refuse(error, "'%s' is no unit of time: s, ms, us, ns or utc", colon + 1);
}

bool time_expression_compile(struct time_expression *time, struct expression_set *set,
                             const char *text, struct error_text *error)
{
    static const int64_t factors[] = {[TIME_UNIT_NS] = 1,
                                      [TIME_UNIT_US] = NS_PER_US,
                                      [TIME_UNIT_MS] = NS_PER_MS,
                                      [TIME_UNIT_S] = NS_PER_SECOND,
                                      [TIME_UNIT_UTC] = 0};
    struct text_buffer source = {0};
    const char *name;
    *time = (struct time_expression){.text = text};
    text_buffer_add(&source, text, split_unit(text, &time->unit, &time->unit_known));
    text_buffer_add_byte(&source, '\0');
    time->expression = expression_add(set, source.bytes, error);
    text_buffer_free(&source);
    if (time->expression == NULL) {
        if (!time->unit_known)
            refuse_unit(text, error);
        return false;
    }
    name = expression_path_name(time->expression);
    if (!time->unit_known && name != NULL)
        time->unit_known = time_unit_of_name(name, strlen(name), &time->unit);
    if (time->unit_known)
        time->factor = factors[time->unit];
    time->bare = expression_path_slot(time->expression, &time->slot);
    return true;
}

static bool looks_numeric(const char *text, size_t length)
{
    size_t start = length > 0 && text[0] == '-' ? 1 : 0;
    for (size_t i = start; i < length; i++)
        if ((text[i] < '0' || text[i] > '9') && text[i] != '.')
            return false;
    return length > start;
}

static enum time_found read_number(const struct time_expression *time, const char *text,
                                   size_t length, int64_t *ns, struct error_text *error)
{
    const char *name = expression_text(time->expression);
    if (!time->unit_known || time->unit == TIME_UNIT_UTC) {
        refuse(error, "%s is a number, but in what unit nobody said (%s:ms, :s, :us, :ns)", name,
               name);
        return TIME_INVALID;
    }
    if (timestamp_parse_number(text, length, time->unit, ns))
        return TIME_FOUND;
    refuse(error, "%s: %.*s is not a time between 1677 and 2262 in whole nanoseconds", name,
           (int)(length > 60 ? 60 : length), text);
    return TIME_INVALID;
}

static enum time_found read_text(const struct time_expression *time, const char *text,
                                 size_t length, int64_t *ns, struct error_text *error)
{
    const char *name = expression_text(time->expression);
    bool local = time->unit == TIME_UNIT_UTC;
    if (timestamp_parse(text, length, local, ns))
        return TIME_FOUND;
    if (looks_numeric(text, length))
        return read_number(time, text, length, ns, error);
    if (!local && timestamp_parse(text, length, true, ns))
        refuse(error, "%s: \"%.*s\" has no offset: try %s:utc", name,
               (int)(length > 60 ? 60 : length), text, name);
    else
        refuse(error, "%s: \"%.*s\" is not an RFC 3339 time between 1677 and 2262", name,
               (int)(length > 60 ? 60 : length), text);
    return TIME_INVALID;
}

enum time_found time_expression_read_value(const struct time_expression *time,
                                           const struct record_view *record,
                                           struct scratch *scratch, int64_t *ns,
                                           struct error_text *error)
{
    struct value value;
    struct json_slice slice;
    if (!expression_evaluate(time->expression, record, scratch, &value, error))
        return TIME_FAILED;
    if (value.kind == JSON_NULL)
        return TIME_ABSENT;
    slice = value_slice(&value, scratch);
    if (value.kind == JSON_NUMBER)
        return read_number(time, slice.text, slice.length, ns, error);
    if (value.kind == JSON_STRING) {
        char *text = scratch_take(scratch, slice.length);
        return read_text(time, text, json_string_decode(slice, text), ns, error);
    }
    refuse(error, "%s is neither a number nor a text", expression_text(time->expression));
    return TIME_INVALID;
}

/* The unit in which a number would be a time between 2001 and 2100, told by its size. Only ever
   used to suggest: a tool never guesses a unit for itself. */
static const char *likely_unit(struct json_slice value)
{
    static const struct {
        int64_t least;
        const char *unit;
    } units[] = {{1000000000000000000, "ns"},
                 {1000000000000000, "us"},
                 {1000000000000, "ms"},
                 {1000000000, "s"}};
    int64_t number;
    if (!integer_parse(value, &number))
        return NULL;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (number >= units[i].least)
            return number / 41 < units[i].least / 10 ? units[i].unit : NULL;
    return NULL;
}

/* A member's name as it stands behind the dot of a path: with its quotes only where needed. */
static struct json_slice path_member(struct json_slice name)
{
    bool plain = name.length > 2 && (name.text[1] < '0' || name.text[1] > '9');
    for (size_t i = 1; i + 1 < name.length; i++)
        plain = plain && (isalnum((unsigned char)name.text[i]) || name.text[i] == '_');
    return plain ? (struct json_slice){name.text + 1, name.length - 2, 0, 0} : name;
}

static bool suggest_member(struct json_slice name, struct json_slice value, const char *option,
                           struct text_buffer *out)
{
    struct json_slice inner = {value.text + 1, value.length - 2, 0, 0};
    const char *unit = NULL;
    int64_t ns;
    enum time_unit named;
    if (value.kind == JSON_NUMBER) {
        unit = likely_unit(value);
        if (unit == NULL)
            return false;
        if (time_unit_of_name(name.text + 1, name.length - 2, &named))
            unit = "";
    } else if (value.kind == JSON_STRING && timestamp_parse(inner.text, inner.length, false, &ns)) {
        unit = "";
    } else if (value.kind == JSON_STRING && timestamp_parse(inner.text, inner.length, true, &ns)) {
        unit = "utc";
    } else {
        return false;
    }
    name = path_member(name);
    text_buffer_add_format(out, "this record has .%.*s=%.*s: try %s .%.*s%s%s", (int)name.length,
                           name.text, (int)value.length, value.text, option, (int)name.length,
                           name.text, *unit == '\0' ? "" : ":", unit);
    return true;
}

bool time_expression_suggest(struct json_slice object, const char *option, struct text_buffer *out)
{
    struct json_iterator members = json_iterator_start(object);
    struct json_slice name;
    struct json_slice value;
    if (!members.object)
        return false;
    while (json_iterator_next(&members, &name, &value))
        if (suggest_member(name, value, option, out))
            return true;
    return false;
}
