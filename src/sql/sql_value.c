#include "sql/sql_value.h"

#include "ndjson/number_text.h"

#include <inttypes.h>

void sql_number_canonicalise(struct text_buffer *out, struct json_slice number)
{
    char *room = text_buffer_reserve(out, number.length + NUMBER_TEXT_PLAIN + 24);
    out->length += number_text_canonicalise(number, room);
}

int64_t sql_time_steps(int64_t time, int64_t resolution)
{
    return time / resolution - (time % resolution < 0);
}

void sql_value_rank(const struct sql_value *value, int64_t resolution, struct text_buffer *out)
{
    if (value->kind == SQL_TIME)
        text_buffer_add_format(out, "%" PRId64, sql_time_steps(value->time, resolution));
    else
        sql_number_canonicalise(
            out,
            (struct json_slice){value->text.bytes, (uint32_t)value->text.length, JSON_NUMBER, 0});
}

/* The length behind a text tells where it ends. */
void sql_value_identify(const struct sql_value *value, int64_t resolution, struct text_buffer *out)
{
    size_t start = out->length;
    text_buffer_add_byte(out, (char)value->kind);
    if (value->kind == SQL_NUMBER || value->kind == SQL_TIME)
        sql_value_rank(value, resolution, out);
    else if (value->kind == SQL_TEXT)
        text_buffer_add(out, value->text.bytes, value->text.length);
    else if (value->kind == SQL_BOOLEAN)
        text_buffer_add_byte(out, (char)value->truth);
    size_t length = out->length - start;
    text_buffer_add(out, &length, sizeof length);
}
