#include "latency/text_bar.h"

#include "ndjson/decimal.h"
#include "ndjson/json_string.h"

#include <stdio.h>

void text_bar_add(struct text_buffer *out, int64_t value, int64_t maximum, unsigned width,
                  bool unicode)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    unsigned per_column = unicode ? 8 : 1;
    unsigned units;
    if (value <= 0 || maximum <= 0)
        return;
    units = (unsigned)(((int128)value * width * per_column + maximum / 2) / maximum);
    units = units == 0 ? 1 : units > width * per_column ? width * per_column : units;
    for (unsigned i = 0; i < units / per_column; i++)
        text_buffer_add_text(out, unicode ? "█" : "#");
    text_buffer_add_text(out, eighths[units % per_column]);
}

/* The next character of UTF-8 text: its bytes, or in `escape` what stands for a control. */
static size_t next_character(const char *bytes, size_t length, char escape[8], const char **shown)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): called where there is a character */
    unsigned char first = (unsigned char)bytes[0];
    size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    bool control = first < 0x20 || first == 0x7f ||
                   (first == 0xc2 && length > 1 && (unsigned char)bytes[1] < 0xa0);
    if (size > length)
        size = length;
    *shown = control ? escape : NULL;
    if (control)
        snprintf(escape, 8, "\\x%02x", (unsigned char)bytes[size - 1]);
    return size;
}

static size_t add_characters(struct text_buffer *out, const char *bytes, size_t length,
                             size_t columns)
{
    char escape[8];
    const char *shown;
    size_t used = 0;
    for (size_t at = 0; at < length;) {
        size_t size = next_character(bytes + at, length - at, escape, &shown);
        used += shown == NULL ? 1 : 4;
        if (used <= columns && shown == NULL)
            text_buffer_add(out, bytes + at, size);
        else if (used <= columns)
            text_buffer_add_text(out, shown);
        at += size;
    }
    return used;
}

size_t text_label_add(struct text_buffer *out, struct json_slice value, unsigned width)
{
    struct text_buffer decoded = {0};
    size_t needed;
    if (value.kind == JSON_STRING)
        decoded.length = json_string_decode(value,
                                            text_buffer_reserve(&decoded, value.length + 1u));
    else
        text_buffer_add(&decoded, value.text, value.length);
    needed = add_characters(out, decoded.bytes, decoded.length, 0);
    if (width > 0 && needed <= width) {
        add_characters(out, decoded.bytes, decoded.length, width);
    } else if (width > 0) {
        add_characters(out, decoded.bytes, decoded.length, width - 1);
        text_buffer_add_byte(out, '~');
    }
    for (size_t i = needed; i < width; i++)
        text_buffer_add_byte(out, ' ');
    text_buffer_free(&decoded);
    return needed;
}
