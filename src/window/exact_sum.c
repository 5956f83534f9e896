#include "window/exact_sum.h"

#include "state/line_fields.h"
#include "window/saved_number.h"

static struct decimal total_of(const struct exact_sum *sum)
{
    return (struct decimal){sum->coefficient, sum->exponent};
}

static double real_of(const struct exact_sum *sum)
{
    return sum->rounded ? sum->real : decimal_to_double(total_of(sum));
}

static void round_off(struct exact_sum *sum, double real)
{
    sum->real = real;
    sum->rounded = true;
    sum->exponent = 0;
}

/* false: the exact result does not fit. */
static bool add_decimal(struct exact_sum *sum, struct decimal number)
{
    struct decimal total;
    if (sum->rounded || !decimal_add(total_of(sum), number, &total))
        return false;
    sum->coefficient = total.coefficient;
    sum->exponent = total.exponent;
    return true;
}

void exact_sum_add_value(struct exact_sum *sum, const struct value *number)
{
    struct decimal decimal;
    double real = 0;
    bool exact = number->form == VALUE_DOUBLE ? decimal_from_double(number->real, &decimal)
                                              : value_decimal_of(number, &decimal);
    sum->count++;
    if (exact && add_decimal(sum, decimal))
        return;
    value_double_of(number, &real);
    round_off(sum, real_of(sum) + real);
}

void exact_sum_merge(struct exact_sum *sum, const struct exact_sum *other)
{
    sum->count += other->count;
    if (!other->rounded && add_decimal(sum, total_of(other)))
        return;
    round_off(sum, real_of(sum) + real_of(other));
}

struct value exact_sum_total(const struct exact_sum *sum)
{
    if (sum->count == 0)
        return value_null();
    return sum->rounded ? value_double(sum->real) : value_decimal(total_of(sum));
}

struct value exact_sum_mean(const struct exact_sum *sum)
{
    struct decimal mean;
    if (sum->count == 0)
        return value_null();
    if (!sum->rounded &&
        decimal_divide_exact(total_of(sum), (struct decimal){(int128)sum->count, 0}, &mean))
        return value_decimal(mean);
    return value_double(real_of(sum) / (double)sum->count);
}

void exact_sum_save(const struct exact_sum *sum, struct text_buffer *out)
{
    line_add_natural(out, "{\"count\":", sum->count);
    if (sum->rounded)
        saved_number_write(out, ",\"sum\":", sum->real);
    else
        saved_decimal_write(out, ",\"sum\":", total_of(sum));
    if (sum->rounded)
        text_buffer_add_text(out, ",\"rounded\":true");
    text_buffer_add_byte(out, '}');
}

static bool restore_rounded(struct exact_sum *sum, struct json_slice total)
{
    sum->exponent = 0;
    return saved_number_read(total, &sum->real);
}

static bool restore_exact(struct exact_sum *sum, struct json_slice total)
{
    struct decimal decimal;
    if (!saved_decimal_read(total, &decimal))
        return false;
    sum->coefficient = decimal.coefficient;
    sum->exponent = decimal.exponent;
    return true;
}

bool exact_sum_restore(struct exact_sum *sum, struct json_slice saved)
{
    struct line_fields fields;
    struct json_slice total;
    if (!line_fields_begin(&fields, saved.text, saved.length) ||
        !line_fields_natural(&fields, "count", &sum->count) ||
        !line_fields_value(&fields, "sum", &total))
        return false;
    sum->rounded = false;
    line_fields_boolean(&fields, "rounded", &sum->rounded);
    return line_fields_end(&fields) &&
           (sum->rounded ? restore_rounded(sum, total) : restore_exact(sum, total));
}
