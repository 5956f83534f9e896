#include "ndjson/utf8_text.h"

#include "ndjson/json_utf8.h"

bool utf8_valid(const char *bytes, size_t length)
{
    return length == 0 || json_utf8_find_bad(bytes, bytes + length) == NULL;
}

void utf8_repair(struct text_buffer *out, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    const char *bad;
    while (bytes < end && (bad = json_utf8_find_bad(bytes, end)) != NULL) {
        text_buffer_add(out, bytes, (size_t)(bad - bytes));
        text_buffer_add_text(out, "\xef\xbf\xbd");
        bytes = bad + 1;
    }
    text_buffer_add(out, bytes, (size_t)(end - bytes));
}
