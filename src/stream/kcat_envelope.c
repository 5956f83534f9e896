#include "stream/kcat_envelope.h"

#include "cli/diagnostics.h"
#include "ndjson/json_string.h"
#include "ndjson/utf8_text.h"

#include <stdlib.h>
#include <string.h>

enum member { TOPIC, PARTITION, OFFSET, TIMESTAMP, KEY, HEADERS, PAYLOAD, MEMBERS };

struct kcat_envelope {
    struct json_projection *projection;
    struct json_scanner *scanner;
    size_t slots[MEMBERS];
    struct json_slice slices[MEMBERS + 1];
};

struct kcat_envelope *kcat_envelope_new(void)
{
    static const char *const names[MEMBERS] = {"topic", "partition", "offset", "ts",
                                               "key",   "headers",   "payload"};
    struct kcat_envelope *envelope = allocate_zeroed(1, sizeof *envelope);
    envelope->projection = json_projection_new();
    for (size_t i = 0; i < MEMBERS; i++) {
        struct json_step step = {names[i], strlen(names[i]), 0};
        envelope->slots[i] = json_projection_add(envelope->projection, &step, 1);
    }
    envelope->scanner = json_scanner_new(envelope->projection, JSON_UTF8_UNCHECKED);
    return envelope;
}

void kcat_envelope_free(struct kcat_envelope *envelope)
{
    if (envelope == NULL)
        return;
    json_scanner_free(envelope->scanner);
    json_projection_free(envelope->projection);
    free(envelope);
}

static struct json_slice repaired(struct json_slice slice, struct scratch *scratch)
{
    struct text_buffer text = {0};
    if (json_slice_absent(slice) || utf8_valid(slice.text, slice.length))
        return slice;
    utf8_repair(&text, slice.text, slice.length);
    slice.text = memcpy(scratch_take(scratch, text.length), text.bytes, text.length);
    slice.length = (uint32_t)text.length;
    text_buffer_free(&text);
    return slice;
}

static const char *decode_payload(struct json_slice slice, struct scratch *scratch, size_t *length)
{
    char *text = scratch_take(scratch, slice.length + (size_t)JSON_PADDING);
    char *at = text;
    *length = json_string_decode(slice, text);
    while ((at = memchr(at, '\n', *length - (size_t)(at - text))) != NULL)
        *at = '\t';
    return text;
}

static enum envelope_status refuse_envelope(struct json_line *line)
{
    line->reason = "not a line of kcat -J: no payload";
    line->error_byte = 1;
    return ENVELOPE_REJECTED;
}

enum envelope_status kcat_envelope_open(struct kcat_envelope *envelope, const char *at,
                                        const char *limit, struct scratch *scratch,
                                        struct json_line *line, struct record_variables *variables,
                                        const char **payload, size_t *payload_length)
{
    struct json_slice *slices = envelope->slices;
    const size_t *slots = envelope->slots;
    struct json_slice body;
    line->slots = slices;
    switch (json_scan_line(envelope->scanner, at, limit, line)) {
    case SCAN_BLANK:
        return ENVELOPE_BLANK;
    case SCAN_REJECTED:
        return ENVELOPE_REJECTED;
    case SCAN_RECORD:
        break;
    }
    variables->topic = repaired(slices[slots[TOPIC]], scratch);
    variables->partition = slices[slots[PARTITION]];
    variables->offset = slices[slots[OFFSET]];
    variables->ts = slices[slots[TIMESTAMP]];
    variables->key = repaired(slices[slots[KEY]], scratch);
    variables->headers = repaired(slices[slots[HEADERS]], scratch);
    body = slices[slots[PAYLOAD]];
    if (body.kind == JSON_NULL)
        return ENVELOPE_TOMBSTONE;
    if (body.kind != JSON_STRING)
        return refuse_envelope(line);
    *payload = decode_payload(body, scratch, payload_length);
    return ENVELOPE_PAYLOAD;
}
