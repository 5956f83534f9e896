#ifndef RECORD_FIXTURE_H
#define RECORD_FIXTURE_H

#include "expression/expression_compile.h"
#include "ndjson/json_scan.h"

#include <stdio.h>
#include <stdlib.h>

/* One expression or list on one record, result as text; for tests. */
struct record_fixture {
    struct expression_set *set;
    struct json_scanner *scanner;
    struct json_slice *slots;
    char *text;
    struct scratch scratch;
    struct record_variables variables;
    struct error_text error;
    bool evaluated;
    struct record_view view;
    struct text_buffer out;
};

static inline bool fixture_scan(struct record_fixture *fixture, const char *record)
{
    struct json_projection *projection = expression_set_projection(fixture->set);
    size_t length = strlen(record);
    fixture->scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    fixture->slots = calloc(json_projection_slots(projection), sizeof *fixture->slots);
    fixture->text = calloc(length + JSON_PADDING, 1);
    memcpy(fixture->text, record, length);
    struct json_line line = {.slots = fixture->slots};
    enum scan_status status = json_scan_line(fixture->scanner, fixture->text,
                                             fixture->text + length, &line);
    if (status != SCAN_RECORD)
        refuse(&fixture->error, "scan: %s", status == SCAN_BLANK ? "blank" : line.reason);
    fixture->view = (struct record_view){fixture->slots, &fixture->variables};
    return status == SCAN_RECORD;
}

/* The result's JSON text, or the error's text. */
static inline const char *fixture_evaluate(struct record_fixture *fixture,
                                           const struct expression *expression, const char *record)
{
    struct value value;
    fixture->evaluated = false;
    if (!expression || !fixture_scan(fixture, record))
        return fixture->error.text;
    fixture->evaluated = expression_evaluate(expression, &fixture->view, &fixture->scratch, &value,
                                             &fixture->error);
    if (!fixture->evaluated)
        return fixture->error.text;
    value_write(&fixture->out, &value);
    text_buffer_add_byte(&fixture->out, 0);
    return fixture->out.bytes;
}

static inline void fixture_close(struct record_fixture *fixture)
{
    if (fixture->scanner)
        json_scanner_free(fixture->scanner);
    expression_set_free(fixture->set);
    free(fixture->slots);
    free(fixture->text);
    scratch_free(&fixture->scratch);
    text_buffer_free(&fixture->out);
    memset(fixture, 0, sizeof *fixture);
}

#endif
