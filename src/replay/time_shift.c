#include "replay/time_shift.h"

#include "ndjson/json_string.h"
#include "time/timestamp_style.h"

struct time_text time_text_of(struct json_slice member, struct scratch *scratch)
{
    if (member.kind != JSON_STRING)
        return (struct time_text){member.text, member.length};
    if (!(member.flags & JSON_FLAG_ESCAPED))
        return (struct time_text){member.text + 1, member.length - 2};
    char *decoded = scratch_take(scratch, member.length);
    return (struct time_text){decoded, json_string_decode(member, decoded)};
}

void time_shift_write(const char *line, size_t length, struct json_slice member,
                      enum time_unit unit, int64_t time, struct scratch *scratch,
                      struct text_buffer *out)
{
    struct time_text old = time_text_of(member, scratch);
    size_t quote = member.kind == JSON_STRING;
    size_t before = (size_t)(member.text - line) + quote;
    size_t after = (size_t)(member.text - line) + member.length - quote;
    char *at = text_buffer_reserve(out, length + TIMESTAMP_STYLE_SIZE);

    memcpy(at, line, before);
    size_t written = before + timestamp_format_like(time, old.text, old.length, unit, at + before);
    memcpy(at + written, line + after, length - after);
    out->length += written + length - after;
}
