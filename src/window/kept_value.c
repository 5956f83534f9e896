#include "window/kept_value.h"

#include "cli/diagnostics.h"
#include "ndjson/decimal.h"
#include "ndjson/json_key.h"
#include "ndjson/number_text.h"

#include <stdlib.h>

static bool plain_integer(struct json_slice value, int64_t *integer)
{
    return value.kind == JSON_NUMBER && number_text_canonical(value) &&
           integer_parse(value, integer);
}

static void keep_text(struct kept_value *kept, struct json_slice value)
{
    if (kept->capacity < value.length) {
        kept->text = reallocate(kept->text, value.length);
        kept->capacity = value.length;
    }
    memcpy(kept->text, value.text, value.length);
    kept->length = value.length;
    kept->in_place = false;
}

void kept_value_set(struct kept_value *kept, struct json_slice value)
{
    kept->in_place = plain_integer(value, &kept->integer);
    kept->kind = value.kind;
    kept->flags = value.flags;
    if (!kept->in_place)
        keep_text(kept, value);
}

void kept_value_copy(struct kept_value *kept, const struct kept_value *other)
{
    kept->kind = other->kind;
    kept->flags = other->flags;
    kept->integer = other->integer;
    kept->in_place = other->in_place;
    if (!other->in_place && !kept_value_absent(other))
        keep_text(kept, (struct json_slice){other->text, other->length, other->kind, other->flags});
}

void kept_value_clear(struct kept_value *kept)
{
    free(kept->text);
    *kept = (struct kept_value){0};
}

static struct json_slice slice_of(const struct kept_value *kept, char digits[DECIMAL_TEXT_SIZE])
{
    if (!kept->in_place)
        return (struct json_slice){kept->text, kept->length, kept->kind, kept->flags};
    size_t length = decimal_format(digits, decimal_from_integer(kept->integer));
    return (struct json_slice){digits, (uint32_t)length, JSON_NUMBER, JSON_FLAG_INTEGER};
}

int kept_value_compare_slice(const struct kept_value *kept, struct json_slice value)
{
    char digits[DECIMAL_TEXT_SIZE];
    int64_t integer;
    if (kept->in_place && plain_integer(value, &integer))
        return (kept->integer > integer) - (kept->integer < integer);
    return json_compare(slice_of(kept, digits), value);
}

int kept_value_compare(const struct kept_value *a, const struct kept_value *b)
{
    char digits[DECIMAL_TEXT_SIZE];
    if (a->in_place && b->in_place)
        return (a->integer > b->integer) - (a->integer < b->integer);
    return kept_value_compare_slice(a, slice_of(b, digits));
}

struct json_slice kept_value_slice(const struct kept_value *kept, struct scratch *scratch)
{
    if (kept_value_absent(kept))
        return (struct json_slice){"null", 4, JSON_NULL, 0};
    return slice_of(kept, kept->in_place ? scratch_take(scratch, DECIMAL_TEXT_SIZE) : NULL);
}

void kept_value_save(const struct kept_value *kept, struct text_buffer *out)
{
    char digits[DECIMAL_TEXT_SIZE];
    struct json_slice text = {"null", 4, JSON_NULL, 0};
    if (!kept_value_absent(kept))
        text = slice_of(kept, digits);
    text_buffer_add(out, text.text, text.length);
}

bool kept_value_restore(struct kept_value *kept, struct json_slice saved)
{
    if (saved.kind != JSON_NULL)
        kept_value_set(kept, saved);
    return true;
}
