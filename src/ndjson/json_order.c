#include "ndjson/json_iterator.h"
#include "ndjson/json_key.h"
#include "ndjson/json_string.h"
#include "ndjson/number_text.h"

static int compare_arrays(struct json_slice a, struct json_slice b)
{
    struct json_iterator left = json_iterator_start(a);
    struct json_iterator right = json_iterator_start(b);
    struct json_slice left_value, right_value;
    for (;;) {
        bool left_more = json_iterator_next(&left, NULL, &left_value);
        bool right_more = json_iterator_next(&right, NULL, &right_value);
        if (!left_more || !right_more)
            return left_more - right_more;
        int order = json_compare(left_value, right_value);
        if (order != 0)
            return order;
    }
}

/* First the sets of names, as sorted arrays; then the values in the names' order. */
static int compare_members(const struct json_member_entry *a, size_t a_count,
                           const struct json_member_entry *b, size_t b_count)
{
    for (size_t i = 0; i < a_count && i < b_count; i++) {
        int order = json_string_compare(a[i].name, b[i].name);
        if (order != 0)
            return order;
    }
    if (a_count != b_count)
        return a_count < b_count ? -1 : 1;
    for (size_t i = 0; i < a_count; i++) {
        int order = json_compare(a[i].value, b[i].value);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_objects(struct json_slice a, struct json_slice b)
{
    struct scratch scratch = {0};
    size_t a_count, b_count;
    struct json_member_entry *left = json_members_sorted(a, &scratch, &a_count);
    struct json_member_entry *right = json_members_sorted(b, &scratch, &b_count);
    int order = compare_members(left, a_count, right, b_count);
    scratch_free(&scratch);
    return order;
}

int json_compare(struct json_slice a, struct json_slice b)
{
    uint8_t left_kind = a.kind == JSON_ABSENT ? JSON_NULL : a.kind;
    uint8_t right_kind = b.kind == JSON_ABSENT ? JSON_NULL : b.kind;
    if (left_kind != right_kind)
        return left_kind < right_kind ? -1 : 1;
    switch (left_kind) {
    case JSON_NUMBER:
        return number_text_compare(a, b);
    case JSON_STRING:
        return json_string_compare(a, b);
    case JSON_ARRAY:
        return compare_arrays(a, b);
    case JSON_OBJECT:
        return compare_objects(a, b);
    default:
        return 0;
    }
}
