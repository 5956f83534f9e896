#include "window/aggregate_list.h"

#include "expression/expression_compile.h"
#include "ndjson/json_string.h"
#include "window/aggregate_parser.h"

#include <stdlib.h>
#include <string.h>

/* An item on its way: its text with the calls taken out. */
struct draft {
    struct text_buffer text;
    size_t call; /* SIZE_MAX = not a call alone */
};

static bool at_comma(const struct token_list *tokens, size_t at)
{
    return tokens->tokens[at].inside == 0 && token_is(tokens, at, ",");
}

static char *take_name(struct aggregate_list *list, const struct token_list *tokens, size_t at)
{
    const struct token *token = &tokens->tokens[at];
    char *name = scratch_take(&list->memory, token->length + 1u);
    size_t length = token->length;
    if (token->kind == TOKEN_STRING)
        length = token_string_decode(tokens, at, name);
    else
        memcpy(name, tokens->text + token->start, length);
    name[length] = '\0';
    return name;
}

static struct json_slice name_text(struct aggregate_list *list, const char *name)
{
    size_t length = strlen(name);
    char *text = scratch_take(&list->memory, JSON_STRING_ROOM(length));
    size_t written = json_string_format(text, name, length);
    return (struct json_slice){text, (uint32_t)written, JSON_STRING,
                               written == length + 2 ? 0 : JSON_FLAG_ESCAPED};
}

bool aggregate_name_reserved(const char *name)
{
    static const char *const names[] = {"window_start",  "window_end", "last_event", "rev",
                                        "event_time_ns", "final",      "retract"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool check_name(const struct aggregate_parser *parser, const char *name)
{
    const struct aggregate_list *list = parser->list;
    if (aggregate_name_reserved(name))
        return refuse(parser->error, "the name %s is taken: results have it anyway", name);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].name, name) == 0)
            return refuse(parser->error, "there are two items named %s", name);
    for (size_t i = 0; parser->by != NULL && i < parser->by->count; i++)
        if (strcmp(parser->by->items[i].name, name) == 0)
            return refuse(parser->error, "%s is a member of --by already", name);
    return true;
}

static bool draft_item(const struct aggregate_parser *parser, size_t first, size_t behind,
                       struct draft *draft)
{
    const struct token_list *tokens = parser->tokens;
    struct aggregate_list *list = parser->list;
    const char *name = NULL;
    if (token_is(tokens, first + 1, "=") &&
        (tokens->tokens[first].kind == TOKEN_WORD || tokens->tokens[first].kind == TOKEN_STRING)) {
        name = take_name(list, tokens, first);
        first += 2;
    }
    if (first >= behind)
        return refuse(parser->error, "byte %u: expected an expression: `%s`",
                      tokens->tokens[behind].start + 1, tokens->text);
    if (!aggregate_parser_rewrite(parser, first, behind, list->count, &draft->text, &draft->call))
        return false;
    if (name == NULL && draft->call == SIZE_MAX)
        return refuse(parser->error, "byte %u: give it a name: NAME=EXPR",
                      tokens->tokens[first].start + 1);
    if (name == NULL)
        name = list->calls.items[draft->call].function->name;
    if (!check_name(parser, name))
        return false;
    list->items[list->count++] = (struct aggregate_item){name, name_text(list, name), NULL,
                                                         draft->call};
    return true;
}

static bool draft_items(const struct aggregate_parser *parser, struct draft *drafts)
{
    size_t first = 0;
    for (size_t i = 0; i < parser->tokens->count; i++) {
        if (!at_comma(parser->tokens, i) && parser->tokens->tokens[i].kind != TOKEN_END)
            continue;
        if (!draft_item(parser, first, i, &drafts[parser->list->count]))
            return false;
        first = i + 1;
    }
    return true;
}

/* Now that all calls are known, what each expression sees. */
static void collect_names(struct aggregate_list *list, const struct expression_list *by)
{
    size_t count = 0;
    list->by_count = by == NULL ? 0 : by->count;
    list->names = allocate((aggregate_list_values(list) + 1) * sizeof *list->names);
    for (size_t i = 0; i < list->calls.count; i++)
        list->names[count++] = list->calls.items[i].member;
    for (size_t i = 0; i < list->by_count; i++)
        list->names[count++] = by->items[i].name;
    for (size_t i = 0; i < list->count; i++)
        list->names[count++] = list->items[i].name;
}

/* What stands outside of all calls may read only what a result has. */
static bool reads_results_only(const struct aggregate_list *list, struct error_text *error)
{
    struct json_projection *projection = expression_set_projection(list->results);
    const struct json_node *node;
    if (json_projection_slots(projection) <= 1)
        return true;
    node = &json_projection_nodes(projection)[1];
    if (node->step.name == NULL)
        return refuse(error, "a window's result is not an array");
    return refuse(error,
                  ".%s stands outside of any aggregate function: a window has many records; "
                  "sum(.%s), last(.%s), ...",
                  node->step.name, node->step.name, node->step.name);
}

static const struct expression *compile_draft(struct aggregate_list *list,
                                              const struct draft *draft, size_t known,
                                              struct error_text *error)
{
    const char *text = draft->text.bytes;
    struct text_buffer alone = {0};
    const struct expression *expression;
    if (draft->call != SIZE_MAX) {
        text_buffer_add_text(&alone, ".[");
        json_string_encode(&alone, list->calls.items[draft->call].member,
                           strlen(list->calls.items[draft->call].member));
        text_buffer_add(&alone, "]", 2);
        text = alone.bytes;
    }
    expression = expression_compile(list->results, text, 0, strlen(text), list->names,
                                    list->calls.count + list->by_count + known, error);
    text_buffer_free(&alone);
    return expression != NULL && reads_results_only(list, error) ? expression : NULL;
}

static bool compile_items(struct aggregate_list *list, const struct draft *drafts,
                          struct error_text *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (drafts[i].call != SIZE_MAX)
            continue;
        list->items[i].expression = compile_draft(list, &drafts[i], i, error);
        if (list->items[i].expression == NULL)
            return false;
    }
    return true;
}

static size_t count_items(const struct token_list *tokens)
{
    size_t count = 1;
    for (size_t i = 0; i < tokens->count; i++)
        count += at_comma(tokens, i);
    return count;
}

static bool draft_rank(const struct aggregate_parser *parser, const char *rank, struct draft *draft)
{
    struct token_list tokens;
    struct aggregate_parser inner = *parser;
    bool fine = token_list_read(&tokens, rank, 0, strlen(rank), parser->error);
    inner.tokens = &tokens;
    fine = fine && (tokens.count > 1 || refuse(parser->error, "expected an expression")) &&
           aggregate_parser_rewrite(&inner, 0, tokens.count - 1, parser->list->count, &draft->text,
                                    &draft->call);
    token_list_free(&tokens);
    return fine;
}

static void keep_records(struct aggregate_list *list)
{
    struct aggregate keeper = {.function = &aggregate_records, .text = "", .member = "="};
    aggregate_set_add(&list->calls, &keeper);
}

/* `drafts` has room for the items and, behind them, the rank. */
static bool parse(const struct aggregate_parser *parser, const struct aggregate_request *request,
                  struct draft *drafts, struct draft *rank)
{
    struct aggregate_list *list = parser->list;
    if ((request->text != NULL && !draft_items(parser, drafts)) ||
        (request->rank != NULL && !draft_rank(parser, request->rank, rank)))
        return false;
    if (request->records)
        keep_records(list);
    collect_names(list, parser->by);
    if (!compile_items(list, drafts, parser->error))
        return false;
    if (request->rank != NULL)
        list->rank = compile_draft(list, rank, list->count, parser->error);
    return request->rank == NULL || list->rank != NULL;
}

bool aggregate_list_parse(struct aggregate_list *list, const struct aggregate_request *request,
                          const struct aggregate_compiler *compiler, struct error_text *error)
{
    const char *text = request->text == NULL ? "" : request->text;
    struct token_list tokens;
    struct aggregate_parser parser = {list, &tokens, compiler, request->by, error};
    bool fine = token_list_read(&tokens, text, 0, strlen(text), error);
    *list = (struct aggregate_list){.results = expression_set_new()};
    expression_set_use_tables(list->results, request->tables);
    if (fine) {
        size_t count = count_items(&tokens);
        struct draft *drafts = allocate_zeroed(count + 1, sizeof *drafts);
        list->items = allocate(count * sizeof *list->items);
        fine = parse(&parser, request, drafts, &drafts[count]);
        for (size_t i = 0; i <= count; i++)
            text_buffer_free(&drafts[i].text);
        free(drafts);
    }
    token_list_free(&tokens);
    return fine;
}

void aggregate_list_free(struct aggregate_list *list)
{
    aggregate_set_free(&list->calls);
    free(list->items);
    free(list->names);
    if (list->results != NULL)
        expression_set_free(list->results);
    scratch_free(&list->memory);
    *list = (struct aggregate_list){0};
}

/* The record behind the names: empty. */
static const struct json_slice no_members = {"{}", 2, JSON_OBJECT, 0};

void aggregate_list_evaluate(const struct aggregate_list *list, const void *states,
                             const struct json_slice *by, struct scratch *scratch,
                             struct value *values)
{
    struct record_view view = {&no_members, NULL};
    struct value *items = values + list->calls.count + list->by_count;
    for (size_t i = 0; i < list->calls.count; i++)
        values[i] = aggregate_result(&list->calls.items[i], states, scratch);
    for (size_t i = 0; i < list->by_count; i++)
        values[list->calls.count + i] = value_from_slice(by[i]);
    for (size_t i = 0; i < list->count; i++) {
        const struct aggregate_item *item = &list->items[i];
        if (item->expression == NULL)
            items[i] = values[item->call];
        else if (!expression_evaluate_after(item->expression, &view, values, scratch, &items[i],
                                            NULL))
            items[i] = value_null();
    }
}

struct value aggregate_list_rank(const struct aggregate_list *list, const struct value *values,
                                 struct scratch *scratch)
{
    struct record_view view = {&no_members, NULL};
    struct value rank;
    if (list->rank == NULL)
        return list->count == 0 ? value_null() : values[list->calls.count + list->by_count];
    if (!expression_evaluate_after(list->rank, &view, values, scratch, &rank, NULL))
        return value_null();
    return rank;
}
