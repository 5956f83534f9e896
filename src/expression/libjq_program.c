#include "expression/libjq_program.h"

#include <jq.h>
#include <stdlib.h>
#include <string.h>

struct libjq_program {
    jq_state *state;
    struct error_text message; /* libjq's first complaint while it compiles */
};

static void cut(char *text, const char *from)
{
    char *at = strstr(text, from);
    if (at)
        *at = 0;
}

/* "jq: error: foo/0 is not defined at <top-level>, line 1:\nfoo": only the middle is of use. */
static void keep_message(void *data, jv message)
{
    struct libjq_program *program = data;
    if (jv_get_kind(message) == JV_KIND_STRING && !program->message.text[0]) {
        const char *text = jv_string_value(message);
        const char *start = strstr(text, "error: ");
        refuse(&program->message, "%s", start ? start + strlen("error: ") : text);
        cut(program->message.text, "\n");
        cut(program->message.text, " at <top-level>");
        cut(program->message.text, " (Unix shell quoting issues?)");
    }
    jv_free(message);
}

static void ignore_message(void *data, jv message)
{
    (void)data;
    jv_free(message);
}

/* libjq reads $HOME/.jq, which may redefine any builtin; it has no other switch for that. */
static bool compile_without_home(jq_state *state, const char *source)
{
    char *home = getenv("HOME") ? duplicate_text(getenv("HOME")) : NULL;
    setenv("HOME", "/dev/null", 1);
    bool compiled = jq_compile(state, source);
    if (home)
        setenv("HOME", home, 1);
    else
        unsetenv("HOME");
    free(home);
    return compiled;
}

struct libjq_program *libjq_program_new(const char *source, struct error_text *error)
{
    struct libjq_program *program = allocate_zeroed(1, sizeof *program);
    program->state = jq_init();
    if (!program->state) {
        refuse(error, "libjq does not start");
        free(program);
        return NULL;
    }
    jq_set_attr(program->state, jv_string("JQ_LIBRARY_PATH"), jv_array());
    jq_set_error_cb(program->state, keep_message, program);
    jq_set_debug_cb(program->state, ignore_message, NULL);
    if (!compile_without_home(program->state, source)) {
        refuse(error, "%s", program->message.text);
        libjq_program_free(program);
        return NULL;
    }
    return program;
}

void libjq_program_free(struct libjq_program *program)
{
    if (!program)
        return;
    jq_teardown(&program->state);
    free(program);
}

static jv parse_slice(struct json_slice slice)
{
    return jv_parse_sized(slice.text, (int)slice.length);
}

static jv make_input(const struct libjq_input *input)
{
    jv record = parse_slice(input->record);
    for (size_t i = 0; i < input->count && jv_get_kind(record) == JV_KIND_OBJECT; i++)
        record = jv_object_set(record, jv_string(input->names[i]), parse_slice(input->members[i]));
    if (json_slice_absent(input->variables))
        return record;
    return JV_ARRAY(record, parse_slice(input->variables));
}

static struct value copy_text(jv text, enum json_kind kind, struct scratch *scratch)
{
    size_t length = (size_t)jv_string_length_bytes(jv_copy(text));
    char *bytes = scratch_take(scratch, length);
    memcpy(bytes, jv_string_value(text), length);
    jv_free(text);
    if (kind == JSON_STRING)
        return value_string(bytes, length);
    return value_from_slice((struct json_slice){bytes, (uint32_t)length, (uint8_t)kind, 0});
}

/* Consumes the jv. */
static struct value value_from_jv(jv result, struct scratch *scratch)
{
    double number;
    switch (jv_get_kind(result)) {
    case JV_KIND_FALSE:
        return value_boolean(false);
    case JV_KIND_TRUE:
        return value_boolean(true);
    case JV_KIND_NUMBER:
        number = jv_number_value(result);
        jv_free(result);
        return value_double(number);
    case JV_KIND_STRING:
        return copy_text(result, JSON_STRING, scratch);
    case JV_KIND_ARRAY:
        return copy_text(jv_dump_string(result, 0), JSON_ARRAY, scratch);
    case JV_KIND_OBJECT:
        return copy_text(jv_dump_string(result, 0), JSON_OBJECT, scratch);
    default:
        return value_null();
    }
}

/* Consumes what is not a result: libjq's end or its error. */
static bool explain_invalid(jv invalid, struct error_text *error)
{
    if (!jv_invalid_has_msg(jv_copy(invalid))) {
        jv_free(invalid);
        return refuse(error, "no result");
    }
    jv message = jv_invalid_get_msg(invalid);
    if (jv_get_kind(message) != JV_KIND_STRING)
        message = jv_dump_string(message, 0);
    refuse(error, "%s", jv_string_value(message));
    jv_free(message);
    return false;
}

static bool expect_end(jq_state *state, struct error_text *error)
{
    jv next = jq_next(state);
    if (jv_is_valid(next)) {
        jv_free(next);
        return refuse(error, "several results");
    }
    if (jv_invalid_has_msg(jv_copy(next)))
        return explain_invalid(next, error);
    jv_free(next);
    return true;
}

bool libjq_program_run(struct libjq_program *program, const struct libjq_input *input,
                       struct scratch *scratch, struct value *result, struct error_text *error)
{
    jv value = make_input(input);
    if (!jv_is_valid(value))
        return explain_invalid(value, error);
    jq_start(program->state, value, 0);
    jv first = jq_next(program->state);
    bool one = jv_is_valid(first) ? expect_end(program->state, error)
                                  : explain_invalid(first, error);
    if (one)
        *result = value_from_jv(first, scratch);
    else if (jv_is_valid(first))
        jv_free(first);
    /* What the program still holds of this record goes now, not with the next one. */
    jq_start(program->state, jv_null(), 0);
    return one;
}

/* libjq 1.6 does not tell its version; a function that came with 1.7 shows a newer one. */
const char *libjq_version(void)
{
    struct error_text error;
    struct libjq_program *newer = libjq_program_new("pick(.a)", &error);
    libjq_program_free(newer);
    return newer ? "libjq 1.7 or newer" : "libjq 1.6";
}
