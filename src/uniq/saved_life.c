#include "uniq/saved_life.h"

#include "state/line_fields.h"
#include "state/saved_value.h"

static bool read_key(struct line_fields *fields, const char *line, struct json_key *key,
                     struct scratch *scratch)
{
    struct json_slice value;
    return line_fields_value(fields, "key", &value) &&
           saved_value_check(value, line, fields->end) && json_key_make(value, scratch, key) &&
           key->kind != JSON_NULL;
}

static bool read_mark(struct line_fields *fields, struct key_fingerprint *mark)
{
    return line_fields_hexadecimal(fields, "high", &mark->high) &&
           line_fields_hexadecimal(fields, "low", &mark->low) && (mark->high | mark->low) != 0;
}

bool saved_life_read(struct saved_life *life, const char *line, size_t length, bool exact,
                     struct scratch *scratch)
{
    struct line_fields fields;
    if (!line_fields_begin(&fields, line, length) ||
        !line_fields_natural(&fields, "p", &life->partition) ||
        !(exact ? read_key(&fields, line, &life->key.key, scratch)
                : read_mark(&fields, &life->key.mark)) ||
        !line_fields_integer(&fields, "time", &life->first))
        return false;
    life->last = life->first;
    line_fields_integer(&fields, "last", &life->last);
    return line_fields_end(&fields) && life->last >= life->first;
}
