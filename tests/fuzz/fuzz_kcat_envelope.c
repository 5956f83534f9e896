/* Envelope lines of arbitrary bytes: what comes out is inside bounds and on one line. */
#include "stream/kcat_envelope.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct json_slice slice)
{
    unsigned char sum = 0;
    for (size_t i = 0; slice.kind != JSON_ABSENT && i < slice.length; i++)
        sum ^= (unsigned char)slice.text[i];
    if (sum == 1 && slice.length > 1000000)
        abort();
}

static void check_payload(const char *payload, size_t length)
{
    unsigned char sum = 0;
    if (memchr(payload, '\n', length))
        abort();
    for (size_t i = 0; i < length + JSON_PADDING; i++)
        sum ^= (unsigned char)payload[i];
    if (sum == 1 && length > 1000000)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct kcat_envelope *envelope;
    static struct scratch scratch;
    if (!envelope)
        envelope = kcat_envelope_new();
    char *copy = calloc(1, size + JSON_PADDING);
    memcpy(copy, data, size);
    const char *limit = copy + size;
    for (const char *at = copy; at < limit;) {
        struct json_line line = {0};
        struct record_variables variables = {0};
        const char *payload = NULL;
        size_t length = 0;
        enum envelope_status status = kcat_envelope_open(envelope, at, limit, &scratch, &line,
                                                         &variables, &payload, &length);
        if (line.next <= at || line.next > limit)
            abort();
        if (status == ENVELOPE_PAYLOAD)
            check_payload(payload, length);
        if (status == ENVELOPE_PAYLOAD || status == ENVELOPE_TOMBSTONE) {
            look_at(variables.topic);
            look_at(variables.key);
            look_at(variables.headers);
        }
        at = line.next;
        scratch_reset(&scratch);
    }
    free(copy);
    return 0;
}
