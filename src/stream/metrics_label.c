#include "stream/metrics_label.h"

void metrics_label_add(struct text_buffer *out, const char *label, const char *value, size_t length)
{
    text_buffer_add_format(out, ",%s=\"", label);
    for (size_t i = 0; i < length; i++) {
        char byte = value[i];
        if (byte == '\\' || byte == '"' || byte == '\n')
            text_buffer_add_byte(out, '\\');
        text_buffer_add_byte(out, byte == '\n' ? 'n' : byte);
    }
    text_buffer_add_byte(out, '"');
}
