#include "expression/expression_variable.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"
#include "time/clock.h"
#include "time/timestamp.h"

static struct value now_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)variables;
    char *text = scratch_take(scratch, TIMESTAMP_TEXT_SIZE);
    return value_string(text, timestamp_format(clock_wall(), text));
}

static struct value file_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return variables->file ? value_string(variables->file, strlen(variables->file)) : value_null();
}

static struct value line_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return variables->line ? value_integer((int64_t)variables->line) : value_null();
}

static struct value topic_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return value_from_slice(variables->topic);
}

static struct value partition_value(const struct record_variables *variables,
                                    struct scratch *scratch)
{
    (void)scratch;
    return value_from_slice(variables->partition);
}

static struct value offset_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return value_from_slice(variables->offset);
}

static struct value key_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return value_from_slice(variables->key);
}

static struct value ts_value(const struct record_variables *variables, struct scratch *scratch)
{
    (void)scratch;
    return value_from_slice(variables->ts);
}

static bool named_again(struct json_iterator rest, struct json_slice name)
{
    struct json_slice later, value;
    while (json_iterator_next(&rest, NULL, &later) && json_iterator_next(&rest, NULL, &value))
        if (later.kind == JSON_STRING && json_string_compare(later, name) == 0)
            return true;
    return false;
}

static size_t add_member(char *text, size_t length, struct json_slice name, struct json_slice value)
{
    if (length > 1)
        text[length++] = ',';
    memcpy(text + length, name.text, name.length);
    length += name.length;
    text[length++] = ':';
    memcpy(text + length, value.text, value.length);
    return length + value.length;
}

/* kcat prints headers as [NAME,VALUE,NAME,VALUE,...]. */
static struct value headers_value(const struct record_variables *variables, struct scratch *scratch)
{
    struct json_slice headers = variables->headers;
    if (headers.kind != JSON_ARRAY)
        return value_from_slice(headers);
    char *text = scratch_take(scratch, headers.length + 4u);
    size_t length = 0;
    struct json_slice name, value;
    struct json_iterator iterator = json_iterator_start(headers);
    text[length++] = '{';
    while (json_iterator_next(&iterator, NULL, &name) && name.kind == JSON_STRING &&
           json_iterator_next(&iterator, NULL, &value))
        if (!named_again(iterator, name))
            length = add_member(text, length, name, value);
    text[length++] = '}';
    return value_from_slice((struct json_slice){text, (uint32_t)length, JSON_OBJECT, 0});
}

struct variable {
    const char *name;
    struct value (*read)(const struct record_variables *variables, struct scratch *scratch);
};

static const struct variable variable_table[] = {
    {"now", now_value},
    {"file", file_value},
    {"line", line_value},
    {"topic", topic_value},
    {"partition", partition_value},
    {"offset", offset_value},
    {"key", key_value},
    {"ts", ts_value},
    {"headers", headers_value},
};

enum { VARIABLE_COUNT = sizeof variable_table / sizeof variable_table[0] };

bool expression_variable_find(const char *name, size_t length, size_t *number)
{
    for (size_t i = 0; i < VARIABLE_COUNT; i++)
        if (strlen(variable_table[i].name) == length &&
            memcmp(variable_table[i].name, name, length) == 0) {
            *number = i;
            return true;
        }
    return false;
}

const char *expression_variable_name(size_t number)
{
    return number < VARIABLE_COUNT ? variable_table[number].name : NULL;
}

static struct value variable_read(size_t number, struct evaluation *evaluation)
{
    static const struct record_variables none;
    const struct record_variables *variables = evaluation->record->variables;
    return variable_table[number].read(variables ? variables : &none, evaluation->scratch);
}

enum outcome variable_evaluate(const struct expression_node *node, struct evaluation *evaluation,
                               struct value *result)
{
    *result = variable_read(node->slot, evaluation);
    return OUTCOME_VALUE;
}

struct json_slice expression_variables_object(unsigned wanted, struct evaluation *evaluation)
{
    struct json_slice values[VARIABLE_COUNT];
    size_t room = 2, length = 0;
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        if (!(wanted >> i & 1))
            continue;
        struct value value = variable_read(i, evaluation);
        values[i] = value_slice(&value, evaluation->scratch);
        room += values[i].length + strlen(variable_table[i].name) + 4;
    }
    char *text = scratch_take(evaluation->scratch, room);
    text[length++] = '{';
    for (size_t i = 0; i < VARIABLE_COUNT; i++) {
        if (!(wanted >> i & 1))
            continue;
        length += (size_t)sprintf(text + length, "%s\"%s\":", length > 1 ? "," : "",
                                  variable_table[i].name);
        memcpy(text + length, values[i].text, values[i].length);
        length += values[i].length;
    }
    text[length++] = '}';
    return (struct json_slice){text, (uint32_t)length, JSON_OBJECT, 0};
}
