#include "ndjson/foreign_format.h"

#include <stdbool.h>
#include <string.h>

/* jq 1.6 alone would be a trap: it rounds times in nanoseconds. */
static const char array_advice[] = "an array begins here: try jq -c '.[]', or mlr --ijson --ojsonl "
                                   "cat, which keeps integers beyond 2^53";
static const char pretty_advice[] = "this looks pretty-printed: try jq -c ., or mlr --ijson "
                                    "--ojsonl cat, which keeps integers beyond 2^53";

static const struct {
    const char *separator;
    const char *advice;
} headers[] = {
    {"\t", "this looks like TSV: try mlr --itsv --ojsonl cat"},
    {",", "this looks like CSV: try mlr --icsv --ojsonl cat"},
    {";", "this looks like CSV: try mlr --icsv --ifs semicolon --ojsonl cat"},
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

/* Lists of numbers and log lines with a level in brackets begin alike. */
static bool is_array_of_objects(const char *at, const char *end)
{
    if (*at++ != '[')
        return false;
    while (at < end && is_space(*at))
        at++;
    return at == end || *at == '{';
}

static const char *header_advice(const char *at, const char *end)
{
    const size_t length = (size_t)(end - at);
    const bool letter = (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_';
    if ((!letter && *at != '"') || memchr(at, ':', length) || memchr(at, '{', length))
        return NULL;
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        if (memchr(at, *headers[i].separator, length) != NULL)
            return headers[i].advice;
    return NULL;
}

const char *foreign_format_advice(const char *line, size_t length)
{
    const char *end = line + length;
    while (line < end && is_space(*line))
        line++;
    while (line < end && is_space(end[-1]))
        end--;
    if (line == end)
        return NULL;
    if (is_array_of_objects(line, end))
        return array_advice;
    /* A record that was cut off has more than that, as a rule. */
    if (*line == '{' && line + 1 == end)
        return pretty_advice;
    return header_advice(line, end);
}
