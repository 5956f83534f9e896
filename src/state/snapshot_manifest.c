#include "state/snapshot_manifest.h"

#include "ndjson/json_scan.h"
#include "ndjson/zstd_reader.h"
#include "state/file_io.h"
#include "state/line_check.h"
#include "state/line_fields.h"
#include "time/timestamp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Beyond this a manifest is no manifest: ten million streams fit. */
#define LARGEST_TEXT (UINT64_C(1) << 30)

void snapshot_manifest_write(struct text_buffer *out, const char *tool, uint64_t sequence,
                             int64_t written_at, const struct text_buffer *lines,
                             const struct segment_list *segments)
{
    char time[TIMESTAMP_TEXT_SIZE];
    uint64_t count = 1 + segments->count;
    line_add_natural(out, "{\"kind\":\"snapshot\",\"format\":", SNAPSHOT_FORMAT);
    line_add_text(out, ",\"tool\":", tool, strlen(tool));
    line_add_text(out, ",\"version\":", EVTOOLS_VERSION, strlen(EVTOOLS_VERSION));
    line_add_natural(out, ",\"sequence\":", sequence);
    line_add_text(out, ",\"written_at\":", time, timestamp_format(written_at, time));
    text_buffer_add_text(out, "}\n");
    if (lines->length > 0)
        text_buffer_add(out, lines->bytes, lines->length);
    for (size_t i = 0; i < lines->length; i++)
        count += lines->bytes[i] == '\n';
    for (size_t i = 0; i < segments->count; i++)
        segment_write(&segments->items[i], out);
    line_add_natural(out, "{\"kind\":\"end\",\"lines\":", count);
    text_buffer_add_text(out, "}\n");
}

static bool read_first(struct snapshot_manifest *manifest, const char *line, size_t length)
{
    struct line_fields fields;
    struct text_buffer text = {0};
    bool fine = line_fields_begin_kind(&fields, line, length, "snapshot") &&
                line_fields_natural(&fields, "format", &manifest->format);
    /* What a newer format says beyond its number is not ours to read. */
    if (fine && manifest->format > SNAPSHOT_FORMAT)
        return true;
    fine = fine && line_fields_text(&fields, "tool", &text) && text.length < SNAPSHOT_TOOL_SIZE;
    if (fine)
        memcpy(manifest->tool, text.bytes, text.length);
    text.length = 0;
    fine = fine && line_fields_text(&fields, "version", &text) &&
           line_fields_natural(&fields, "sequence", &manifest->sequence) &&
           line_fields_text(&fields, "written_at", &text) && line_fields_end(&fields);
    text_buffer_free(&text);
    return fine;
}

static bool is_kind(const char *line, size_t length, const char *kind)
{
    struct line_fields fields;
    return line_fields_begin_kind(&fields, line, length, kind);
}

struct parse {
    struct snapshot_manifest *manifest;
    uint64_t count; /* lines so far */
    bool ended;
};

static bool take_line(void *context, const char *line, size_t length, struct error_text *error)
{
    struct parse *parse = context;
    struct snapshot_manifest *manifest = parse->manifest;
    struct line_fields fields;
    struct segment segment;
    uint64_t lines;
    (void)error;
    if (parse->ended)
        return false;
    if (parse->count == 0 && !read_first(manifest, line, length))
        return false;
    if (is_kind(line, length, "segment")) {
        if (!segment_read(&segment, line, length) ||
            segment_list_names(&manifest->segments, segment.file))
            return false;
        segment_list_add(&manifest->segments, &segment);
    } else if (line_fields_begin_kind(&fields, line, length, "end")) {
        parse->ended = line_fields_natural(&fields, "lines", &lines) && lines == parse->count &&
                       line_fields_end(&fields);
        return parse->ended;
    }
    /* A newer format is not read any further. */
    return parse->count++ > 0 || manifest->format == SNAPSHOT_FORMAT;
}

bool snapshot_manifest_each(const struct snapshot_manifest *manifest, const char *kind,
                            line_taker *take, void *context, struct error_text *error)
{
    struct line_check check;
    const char *at = manifest->text.bytes;
    const char *limit = at + manifest->text.length;
    const char *line;
    size_t length;
    bool fine = true;
    line_check_init(&check);
    while (fine && at < limit) {
        struct error_text detail = {"not what this version writes"};
        fine = line_check_next(&check, &at, limit, &line, &length, error);
        if (!fine || (kind != NULL && !is_kind(line, length, kind)))
            continue;
        fine = take(context, line, length, &detail);
        if (!fine)
            refuse(error, "line %" PRIu64 ": %.200s", check.number, detail.text);
    }
    line_check_free(&check);
    return fine;
}

enum manifest_found snapshot_manifest_parse(struct snapshot_manifest *manifest,
                                            struct error_text *error)
{
    struct parse parse = {.manifest = manifest};
    bool fine;
    text_buffer_reserve(&manifest->text, JSON_PADDING);
    memset(manifest->text.bytes + manifest->text.length, 0, JSON_PADDING);
    fine = snapshot_manifest_each(manifest, NULL, take_line, &parse, error);
    if (manifest->format > SNAPSHOT_FORMAT) {
        refuse(error, "has format %" PRIu64 ", made by a newer evtools; this one reads format %d",
               manifest->format, SNAPSHOT_FORMAT);
        return MANIFEST_REFUSED;
    }
    if (fine && !parse.ended)
        fine = refuse(error, "has no end");
    return fine ? MANIFEST_READ : MANIFEST_DAMAGED;
}

/* The checksum held; what it covers may still be anything. */
static bool decompress(int descriptor, struct text_buffer *out, struct error_text *error)
{
    struct zstd_reader *reader = zstd_reader_new();
    const char *reason = NULL;
    int64_t count = 1;
    while (reason == NULL && count > 0) {
        if (zstd_reader_starved(reader)) {
            size_t size;
            char *space = zstd_reader_space(reader, &size);
            count = read_fully(descriptor, space, size);
            zstd_reader_supply(reader, count > 0 ? (size_t)count : 0);
        }
        size_t made = zstd_reader_take(reader, text_buffer_reserve(out, 64 * 1024), 64 * 1024,
                                       &reason);
        out->length += made == SIZE_MAX ? 0 : made;
        if (out->length > LARGEST_TEXT)
            reason = "too large for a manifest";
    }
    if (reason == NULL && count < 0)
        reason = strerror(errno);
    if (reason == NULL && !zstd_reader_complete(reader))
        reason = "cut short";
    zstd_reader_free(reader);
    return reason == NULL || refuse(error, "%s", reason);
}

enum manifest_found snapshot_manifest_read(struct snapshot_manifest *manifest,
                                           const struct state_directory *directory,
                                           const char *name, struct error_text *error)
{
    struct state_seal seal = {0};
    struct error_text detail;
    enum manifest_found found = MANIFEST_DAMAGED;
    int descriptor = state_file_open(directory, name, NULL, &seal, error);
    *manifest = (struct snapshot_manifest){.bytes = seal.bytes};
    if (descriptor < 0)
        return descriptor == STATE_FILE_FAILED ? MANIFEST_REFUSED : MANIFEST_DAMAGED;
    strncpy(manifest->name, name, sizeof manifest->name - 1);
    if (decompress(descriptor, &manifest->text, &detail))
        found = snapshot_manifest_parse(manifest, &detail);
    close(descriptor);
    if (found != MANIFEST_READ)
        refuse(error, "%s/%s: %.200s", directory->name, name, detail.text);
    return found;
}

void snapshot_manifest_free(struct snapshot_manifest *manifest)
{
    text_buffer_free(&manifest->text);
    segment_list_free(&manifest->segments);
}
