#include "window/spread.h"

#include "state/line_fields.h"
#include "window/saved_number.h"

#include <math.h>

void spread_add(struct spread *spread, double number)
{
    double difference = number - spread->mean;
    spread->mean += difference / (double)++spread->count;
    spread->squares += difference * (number - spread->mean);
}

void spread_merge(struct spread *spread, const struct spread *other)
{
    double count = (double)(spread->count + other->count);
    double difference = other->mean - spread->mean;
    if (other->count == 0)
        return;
    spread->mean += difference * (double)other->count / count;
    spread->squares += other->squares + difference * difference * (double)spread->count *
                                            (double)other->count / count;
    spread->count += other->count;
}

struct value spread_deviation(const struct spread *spread)
{
    if (spread->count < 2)
        return value_null();
    return value_double(sqrt(spread->squares / (double)(spread->count - 1)));
}

void spread_save(const struct spread *spread, struct text_buffer *out)
{
    line_add_natural(out, "{\"count\":", spread->count);
    saved_number_write(out, ",\"mean\":", spread->mean);
    saved_number_write(out, ",\"squares\":", spread->squares);
    text_buffer_add_byte(out, '}');
}

bool spread_restore(struct spread *spread, struct json_slice saved)
{
    struct line_fields fields;
    struct json_slice mean, squares;
    return line_fields_begin(&fields, saved.text, saved.length) &&
           line_fields_natural(&fields, "count", &spread->count) &&
           line_fields_value(&fields, "mean", &mean) && saved_number_read(mean, &spread->mean) &&
           line_fields_value(&fields, "squares", &squares) &&
           saved_number_read(squares, &spread->squares) && line_fields_end(&fields);
}
