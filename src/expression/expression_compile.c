#include "expression/expression_compile.h"

#include "expression/expression_foreign.h"
#include "expression/expression_parser.h"
#include "expression/expression_refusal.h"

#include <stdlib.h>

struct expression_set *expression_set_new(void)
{
    struct expression_set *set = allocate_zeroed(1, sizeof *set);
    set->projection = json_projection_new();
    return set;
}

void expression_set_free(struct expression_set *set)
{
    if (!set)
        return;
    for (size_t i = 0; i < set->count; i++)
        expression_foreign_close(set->expressions[i]);
    free(set->expressions);
    scratch_free(&set->memory);
    json_projection_free(set->projection);
    free(set);
}

struct json_projection *expression_set_projection(struct expression_set *set)
{
    return set->projection;
}

void expression_set_use_tables(struct expression_set *set, const struct lookup_tables *tables)
{
    set->tables = tables;
}

void expression_set_option(struct expression_set *set, const char *option)
{
    set->option = option;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static struct expression *set_append(struct expression_set *set, const char *text, size_t start,
                                     size_t end)
{
    struct expression *expression = scratch_take(&set->memory, sizeof *expression);
    while (start < end && is_blank(text[start]))
        start++;
    while (end > start && is_blank(text[end - 1]))
        end--;
    char *copy = scratch_take(&set->memory, end - start + 1);
    memcpy(copy, text + start, end - start);
    copy[end - start] = 0;
    *expression = (struct expression){.set = set, .text = copy, .option = set->option};
    if (set->count == set->capacity) {
        set->capacity = set->capacity ? 2 * set->capacity : 16;
        set->expressions = reallocate(set->expressions,
                                      set->capacity * sizeof(struct expression *));
    }
    set->expressions[set->count++] = expression;
    return expression;
}

static bool compile_tokens(struct expression *expression, const struct token_list *tokens,
                           struct error_text *error)
{
    if (!expression_refusal_check(tokens, error))
        return false;
    switch (expression_parse(expression, tokens, error)) {
    case PARSED:
        return true;
    case PARSE_WRONG:
        return false;
    default:
        expression_scan_foreign(expression, tokens);
        return expression_foreign_open(expression, error);
    }
}

const struct expression *expression_compile(struct expression_set *set, const char *text,
                                            size_t start, size_t end, const char *const *earlier,
                                            size_t earlier_count, struct error_text *error)
{
    struct token_list tokens;
    struct expression *expression = set_append(set, text, start, end);
    expression->earlier = earlier;
    expression->earlier_count = earlier_count;
    bool compiled = token_list_read(&tokens, text, start, end, error) &&
                    compile_tokens(expression, &tokens, error);
    token_list_free(&tokens);
    return compiled ? expression : NULL;
}

const struct expression *expression_add(struct expression_set *set, const char *text,
                                        struct error_text *error)
{
    return expression_compile(set, text, 0, strlen(text), NULL, 0, error);
}

const struct expression *expression_compile_foreign(struct expression_set *set, const char *text,
                                                    struct error_text *error)
{
    struct token_list tokens;
    struct expression *expression = set_append(set, text, 0, strlen(text));
    expression->foreign = "";
    bool compiled = token_list_read(&tokens, text, 0, strlen(text), error) &&
                    expression_refusal_check(&tokens, error);
    if (compiled) {
        expression_scan_foreign(expression, &tokens);
        compiled = expression_foreign_open(expression, error);
    }
    token_list_free(&tokens);
    return compiled ? expression : NULL;
}
