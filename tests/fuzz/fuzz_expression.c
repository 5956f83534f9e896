/* "EXPRESSION LF RECORD LF": whatever compiles natively must evaluate without a fault, and give
   JSON that the scanner accepts. Programs for libjq are only parsed: what it does is not ours. */
#include "expression/expression.h"
#include "expression/expression_lexer.h"
#include "expression/expression_parser.h"
#include "expression/expression_refusal.h"
#include "ndjson/json_scan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_result(const struct value *value, struct scratch *scratch)
{
    struct text_buffer line = {0};
    struct json_projection *projection = json_projection_new();
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    struct json_slice slots[1];
    struct json_line scanned = {.slots = slots};
    struct json_key key;
    text_buffer_add_text(&line, "{\"x\":");
    value_write(&line, value);
    text_buffer_add_byte(&line, '}');
    text_buffer_reserve(&line, JSON_PADDING);
    if (json_scan_line(scanner, line.bytes, line.bytes + line.length, &scanned) != SCAN_RECORD)
        abort();
    if (value_compare(value, value, scratch) != 0)
        abort();
    value_key(value, scratch, &key);
    json_scanner_free(scanner);
    json_projection_free(projection);
    text_buffer_free(&line);
}

static void evaluate(struct expression_set *set, const struct expression *expression,
                     const char *record, const char *limit)
{
    struct json_projection *projection = expression_set_projection(set);
    struct json_scanner *scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    struct json_line line = {
        .slots = calloc(json_projection_slots(projection), sizeof(struct json_slice))};
    struct record_view view = {line.slots, NULL};
    struct scratch scratch = {0};
    struct error_text error;
    struct value value;
    if (json_scan_line(scanner, record, limit, &line) == SCAN_RECORD &&
        expression_evaluate(expression, &view, &scratch, &value, &error))
        check_result(&value, &scratch);
    scratch_free(&scratch);
    free(line.slots);
    json_scanner_free(scanner);
}

/* Would expression_add() stay native? */
static bool is_native(const char *text)
{
    struct expression_set *set = expression_set_new();
    struct expression *expression = calloc(1, sizeof *expression);
    struct token_list tokens;
    expression->set = set;
    expression->text = text;
    bool native = token_list_read(&tokens, text, 0, strlen(text), NULL) &&
                  expression_refusal_check(&tokens, NULL) &&
                  expression_parse(expression, &tokens, NULL) == PARSED;
    token_list_free(&tokens);
    expression_set_free(set);
    free(expression);
    return native;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const uint8_t *split = memchr(bytes, '\n', size);
    if (!split || size > 4096 || memchr(bytes, 0, (size_t)(split - bytes)))
        return 0;
    size_t length = (size_t)(split - bytes), rest = size - length - 1;
    char *text = calloc(length + 1, 1);
    char *record = calloc(rest + JSON_PADDING, 1);
    memcpy(text, bytes, length);
    memcpy(record, split + 1, rest);
    if (is_native(text)) {
        struct expression_set *set = expression_set_new();
        struct error_text error;
        const struct expression *expression = expression_add(set, text, &error);
        if (!expression)
            abort();
        evaluate(set, expression, record, record + rest);
        expression_set_free(set);
    }
    free(text);
    free(record);
    return 0;
}
