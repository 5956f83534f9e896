#include "stream/reject_log.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *reject_kind_of_scan(const char *scan_reason)
{
    static const struct {
        const char *beginning;
        const char *kind;
    } rows[] = {{"invalid UTF-8", "utf8"},
                {"lone surrogate", "utf8"},
                {"not an object", "object"},
                {"nested deeper", "depth"},
                {"member stands", "duplicate_member"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strncmp(scan_reason, rows[i].beginning, strlen(rows[i].beginning)) == 0)
            return rows[i].kind;
    return "json";
}

static uint64_t reject_log_count(struct reject_log *log, const char *reason)
{
    size_t i = 0;
    while (i < log->kind_count && strcmp(log->kinds[i].reason, reason) != 0)
        i++;
    if (i == REJECT_KINDS)
        i--;
    else if (i == log->kind_count)
        log->kinds[log->kind_count++].reason = reason;
    return ++log->kinds[i].count;
}

static void tell(const struct rejection *rejection)
{
    char line[32] = "";
    char byte[32] = "";
    if (rejection->line > 0)
        snprintf(line, sizeof line, ":%" PRIu64, rejection->line);
    if (rejection->byte > 0)
        snprintf(byte, sizeof byte, " byte %" PRIu32 ":", rejection->byte);
    warn("%s%s:%s %s (skipped)%s%s", rejection->source, line, byte, rejection->message,
         rejection->advice == NULL ? "" : "; ", rejection->advice == NULL ? "" : rejection->advice);
}

static void keep(struct text_buffer *out, const struct rejection *rejection)
{
    text_buffer_add_format(out, "{\"tool\":\"%s\",\"source\":", program_invocation_short_name);
    json_string_encode(out, rejection->source, strlen(rejection->source));
    text_buffer_add_format(out, ",\"line\":%" PRIu64 ",\"byte\":%" PRIu32 ",\"reason\":\"%s\"",
                           rejection->line, rejection->byte, rejection->reason);
    text_buffer_add_text(out, ",\"message\":");
    json_string_encode(out, rejection->message, strlen(rejection->message));
    side_file_add_raw(out, rejection->raw, rejection->raw_length);
    text_buffer_add_byte(out, '}');
}

void reject_log_add(struct reject_log *log, const struct rejection *rejection)
{
    struct text_buffer *out = side_file_begin(&log->file);
    if (reject_log_count(log, rejection->reason) <= REJECT_MESSAGES)
        tell(rejection);
    if (out == NULL)
        return;
    keep(out, rejection);
    side_file_end(&log->file);
}

void reject_log_summarise(const struct reject_log *log)
{
    for (size_t i = 0; i < log->kind_count; i++)
        if (log->kinds[i].count > REJECT_MESSAGES)
            warn("%" PRIu64 " more rejected for the reason \"%s\"",
                 log->kinds[i].count - REJECT_MESSAGES, log->kinds[i].reason);
}
