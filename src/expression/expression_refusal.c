#include "expression/expression_refusal.h"

#include "expression/expression_pattern.h"

#include <string.h>

struct refusal {
    const char *name;
    const char *harm;
    const char *remedy;
};

static const char reads_files[] = "reads files";
static const char reads_environment[] = "reads the environment";
static const char takes_input[] = "takes records away from the tool";
static const char prints[] = "prints on its own";
static const char ends_process[] = "ends the process";
static const char dates[] = "ends the process on large numbers, and is an hour off in summer time";
static const char compare_times[] = "compare times as integers or as RFC 3339 text";
static const char endless[] = "does not end or breaks on large numbers";

static const struct refusal refused_words[] = {
    {"import", reads_files, "write the function into the expression"},
    {"include", reads_files, "write the function into the expression"},
    {"modulemeta", reads_files, NULL},
    {"get_search_list", reads_files, NULL},
    {"env", reads_environment, "let the shell put the value into the expression"},
    {"input", takes_input, NULL},
    {"inputs", takes_input, NULL},
    {"input_filename", "does not know the record's file", "use $file"},
    {"input_line_number", "does not know the record's line", "use $line"},
    {"debug", prints, NULL},
    {"stderr", prints, NULL},
    {"halt", ends_process, NULL},
    {"halt_error", ends_process, "use error(\"...\"), which rejects the record"},
    {"now", "reads the clock in a form that rounds", "use $now"},
    {"localtime", dates, compare_times},
    {"gmtime", dates, compare_times},
    {"mktime", dates, compare_times},
    {"strftime", dates, compare_times},
    {"strflocaltime", dates, compare_times},
    {"strptime", dates, compare_times},
    {"todate", dates, compare_times},
    {"fromdate", dates, compare_times},
    {"date", dates, compare_times},
    {"dateadd", dates, compare_times},
    {"datesub", dates, compare_times},
    {"todateiso8601", dates, compare_times},
    {"fromdateiso8601", dates, compare_times},
    {"dateiso8601", dates, compare_times},
    {"fromstream", "allocates every element before an index", NULL},
    {"jn", endless, NULL},
    {"yn", endless, NULL},
    {"_strindices", "does not end on an empty string", "use indices"},
    {"_match_impl", "ends the process on some text", "use match"},
};

static const struct refusal refused_variables[] = {
    {"ENV", reads_environment, "let the shell put the value into the expression"},
    {"__prog_args", "is not a variable of records", NULL},
};

static bool refuse_row(const struct token_list *tokens, size_t at, const struct refusal *row,
                       const char *sign, struct error_text *error)
{
    return refuse(error, "byte %u: %s%s is not allowed here: it %s%s%s",
                  tokens->tokens[at].start + 1, sign, row->name, row->harm, row->remedy ? "; " : "",
                  row->remedy ? row->remedy : "");
}

/* {env: 1} and {env}: a member's name, not a call. */
static bool names_member(const struct token_list *tokens, size_t at)
{
    if (tokens->tokens[at].inside != '{' || at == 0)
        return false;
    bool first = token_is(tokens, at - 1, "{") || token_is(tokens, at - 1, ",");
    return first && (token_is(tokens, at + 1, ":") || token_is(tokens, at + 1, ",") ||
                     token_is(tokens, at + 1, "}"));
}

static bool check_word(const struct token_list *tokens, size_t at, struct error_text *error)
{
    bool variable = at > 0 && token_is(tokens, at - 1, "$");
    const struct refusal *rows = variable ? refused_variables : refused_words;
    size_t count = variable ? sizeof refused_variables / sizeof *rows
                            : sizeof refused_words / sizeof *rows;
    if (!variable && names_member(tokens, at))
        return true;
    for (size_t i = 0; i < count; i++)
        if (token_is(tokens, at, rows[i].name))
            return refuse_row(tokens, at, &rows[i], variable ? "$" : "", error);
    return variable || expression_pattern_check(tokens, at, error);
}

/* From `at`, the colon of a slice, to the bracket on one side: only literal numbers? */
static bool literal_bound(const struct token_list *tokens, size_t at, int direction)
{
    for (;;) {
        at = direction < 0 ? at - 1 : at + 1;
        if (token_is(tokens, at, "[") || token_is(tokens, at, "]"))
            return true;
        if (tokens->tokens[at].kind != TOKEN_NUMBER && !token_is(tokens, at, "-"))
            return false;
    }
}

static bool check_slice(const struct token_list *tokens, size_t at, struct error_text *error)
{
    static const struct refusal row = {"[A:B] with calculated bounds",
                                       "ends the process where a bound is not a number",
                                       "write the bounds as numbers"};
    if (literal_bound(tokens, at, -1) && literal_bound(tokens, at, 1))
        return true;
    return refuse_row(tokens, at, &row, "", error);
}

bool expression_refusal_check(const struct token_list *tokens, struct error_text *error)
{
    for (size_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->tokens[i];
        if (token->kind == TOKEN_WORD && !check_word(tokens, i, error))
            return false;
        if (token->inside == '[' && token_is(tokens, i, ":") && !check_slice(tokens, i, error))
            return false;
    }
    return true;
}

struct guard {
    const char *triggers[10]; /* tokens that call for it */
    const char *definition;
};

static const struct guard guard_table[] = {
    /* INT64_MIN % -1 is a trap of the processor. */
    {{"%", "%="},
     "def __mod($a; $b): $a % $b;"
     "def _mod(a; b): b as $b | a as $a |"
     " if ($b | type) == \"number\" and $b > -2 and $b <= -1 and ($a | type) == \"number\""
     " then 0 else __mod($a; $b) end;"},
    /* "x" * 1e9 */
    {{"*", "*="},
     "def __times($a; $b): $a * $b;"
     "def __checked($s; $n): if ($s | type) == \"string\" and ($n | type) == \"number\""
     " and ($s | utf8bytelength) * $n > 1048576"
     " then error(\"repeated string beyond 1 MiB\") else . end;"
     "def _multiply(a; b): b as $b | a as $a |"
     " __checked($a; $b) | __checked($b; $a) | __times($a; $b);"},
    /* .[1e9] = 1 allocates all the elements before it. */
    {{"=", "|=", "+=", "-=", "*=", "/=", "%=", "//=", "setpath"},
     "def __setpath($p; $v): setpath($p; $v);"
     "def setpath($p; $v): if ($p | type) == \"array\" and"
     " any($p[]; type == \"number\" and (. > 1000000 or isnan))"
     " then error(\"array index beyond 1000000\") else __setpath($p; $v) end;"
     "def _assign(paths; $value): reduce path(paths) as $p (.; setpath($p; $value));"
     "def _modify(paths; update): reduce path(paths) as $p (.;"
     " . as $x | label $out | (setpath($p; $x | getpath($p) | update) | ., break $out),"
     " delpaths([$p]));"},
    {{"del", "delpaths"},
     "def __delpaths($p): delpaths($p);"
     "def delpaths($p): if any($p[][]; type == \"number\" and isnan)"
     " then error(\"not an array index\") else __delpaths($p) end;"
     "def del(f): delpaths([path(f)]);"},
    {{"index", "rindex", "indices"},
     "def __indices($i): indices($i);"
     "def indices($i): if $i == \"\" then error(\"an empty string is everywhere\")"
     " elif type == \"array\" then"
     " ($i | if type == \"array\" then . else [.] end) as $part | ($part | length) as $n"
     " | . as $all | [range(0; if $n == 0 then 0 else length - $n + 1 end)"
     " | select($all[.:. + $n] == $part)]"
     " else __indices($i) end;"
     "def index($i): indices($i) | .[0];"
     "def rindex($i): indices($i) | .[-1:][0];"},
};

static bool triggered(const struct guard *guard, const struct token_list *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        for (size_t j = 0; guard->triggers[j]; j++)
            if (token_is(tokens, i, guard->triggers[j]))
                return true;
    return false;
}

void expression_refusal_guard(const struct token_list *tokens, struct text_buffer *program)
{
    for (size_t i = 0; i < sizeof guard_table / sizeof guard_table[0]; i++)
        if (triggered(&guard_table[i], tokens))
            text_buffer_add_text(program, guard_table[i].definition);
}
