#include "ndjson/json_kernel.h"

#include "ndjson/json_escape.h"
#include "ndjson/json_plain.h"
#include "ndjson/json_utf8.h"
#include "ndjson/json_walk.h"

#include <string.h>

static bool always_runs(void)
{
    return true;
}

static bool accept_nothing(struct json_scanner *scanner, const char *limit, struct json_line *line)
{
    (void)scanner;
    json_plain_find_end(line, limit);
    return false;
}

const struct json_kernel json_kernel_portable = {"portable", always_runs, accept_nothing};

const struct json_kernel *const json_kernels[] = {
#if defined(__x86_64__)
    &json_kernel_avx512,
    &json_kernel_avx2,
    &json_kernel_sse2,
#endif
    &json_kernel_portable,
};
const size_t json_kernel_count = sizeof json_kernels / sizeof json_kernels[0];

bool json_kernel_check_rest(const struct json_scanner *scanner, const struct json_line *line,
                            const struct json_findings *findings)
{
    const char *end = line->text + line->length;
    if (findings->unicode && json_escape_find_bad(line->text, end))
        return false;
    return !findings->high || scanner->utf8 == JSON_UTF8_UNCHECKED ||
           !json_utf8_find_bad(line->text, end);
}

bool json_kernel_walk(struct json_scanner *scanner, const struct json_line *line,
                      const struct json_findings *findings)
{
    struct json_walk walk = {
        .text = line->text,
        .tokens = &scanner->tokens,
        .nodes = scanner->nodes,
        .slots = line->slots,
        .shape = json_shapes_candidate(&scanner->shapes, &scanner->tokens),
        .backslash = findings->backslash,
    };
    memset(line->slots, 0, scanner->slot_count * sizeof *line->slots);
    bool valid = json_walk_record(&walk);
    if (valid && walk.shape)
        json_shapes_finish(&scanner->shapes, walk.shape, &scanner->tokens);
    return valid;
}
