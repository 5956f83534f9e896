#include "ndjson/json_key.h"

#include "ndjson/json_iterator.h"
#include "ndjson/json_string.h"
#include "ndjson/number_text.h"

#include <errno.h>
#include <stdio.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* Where the kernel put the program, libc and the stack differs from process to process: that is
   the secret, and it needs no variable to keep it. */
uint64_t json_key_seed(void)
{
    static const char program_marker = 0;
    uint64_t program = (uint64_t)(uintptr_t)&program_marker;
    uint64_t libc = (uint64_t)(uintptr_t)stdout;
    uint64_t stack = (uint64_t)(uintptr_t)program_invocation_name;
    return (program >> 12) * UINT64_C(0x9E3779B97F4A7C15) ^
           (libc >> 12) * UINT64_C(0xC2B2AE3D27D4EB4F) ^ stack << 20;
}

static uint64_t key_hash(const char *bytes, size_t length, uint8_t kind)
{
    return XXH3_64bits_withSeed(bytes, length, json_key_seed() + kind);
}

struct key_fingerprint json_key_fingerprint(const struct json_key *key, uint64_t seed)
{
    XXH128_hash_t hash = XXH3_128bits_withSeed(key->bytes, key->length, seed + key->kind);
    return (struct key_fingerprint){hash.high64, hash.low64 | (hash.high64 == 0)};
}

/* An array's canonical bytes: per element its kind (1 byte), the length of its canonical bytes
   (4 bytes) and these. */
enum { ELEMENT_HEADER = 5 };

static bool array_room(struct json_slice array, size_t *room);

/* An upper bound of the canonical bytes; false = not a key. */
static bool value_room(struct json_slice value, size_t *room)
{
    *room += ELEMENT_HEADER;
    switch (value.kind) {
    case JSON_OBJECT:
        return false;
    case JSON_ARRAY:
        return array_room(value, room);
    case JSON_NUMBER:
        *room += value.length + NUMBER_TEXT_PLAIN + 24;
        return true;
    default:
        *room += value.length;
        return true;
    }
}

static bool array_room(struct json_slice array, size_t *room)
{
    struct json_slice value;
    struct json_iterator iterator = json_iterator_start(array);
    while (json_iterator_next(&iterator, NULL, &value))
        if (!value_room(value, room))
            return false;
    return true;
}

static size_t array_encode(struct json_slice array, char *out);

static size_t value_encode(struct json_slice value, char *out)
{
    switch (value.kind) {
    case JSON_ARRAY:
        return array_encode(value, out);
    case JSON_NUMBER:
        return number_text_canonicalise(value, out);
    case JSON_STRING:
        return json_string_decode(value, out);
    default:
        return 0;
    }
}

static size_t array_encode(struct json_slice array, char *out)
{
    char *start = out;
    struct json_slice value;
    struct json_iterator iterator = json_iterator_start(array);
    while (json_iterator_next(&iterator, NULL, &value)) {
        uint32_t length = (uint32_t)value_encode(value, out + ELEMENT_HEADER);
        out[0] = (char)value.kind;
        memcpy(out + 1, &length, sizeof length);
        out += ELEMENT_HEADER + length;
    }
    return (size_t)(out - start);
}

static bool make_slowly(struct json_slice value, struct scratch *scratch, struct json_key *key)
{
    size_t room = 0;
    if (!value_room(value, &room))
        return false;
    char *bytes = scratch_take(scratch, room);
    key->length = (uint32_t)value_encode(value, bytes);
    key->bytes = bytes;
    return true;
}

bool json_key_make(struct json_slice value, struct scratch *scratch, struct json_key *key)
{
    key->text = value;
    key->kind = value.kind == JSON_ABSENT ? JSON_NULL : value.kind;
    if (value.kind == JSON_STRING && !(value.flags & JSON_FLAG_ESCAPED)) {
        key->bytes = value.text + 1;
        key->length = value.length - 2;
    } else if (value.kind == JSON_NUMBER && number_text_canonical(value)) {
        key->bytes = value.text;
        key->length = value.length;
    } else if (value.kind <= JSON_TRUE) {
        key->bytes = "";
        key->length = 0;
    } else if (!make_slowly(value, scratch, key)) {
        return false;
    }
    key->hash = key_hash(key->bytes, key->length, key->kind);
    return true;
}

/* Canonical number bytes are JSON text again. */
static struct json_slice canonical_number(const char *bytes, uint32_t length)
{
    uint8_t flags = memchr(bytes, 'e', length) ? 0 : JSON_FLAG_INTEGER;
    return (struct json_slice){bytes, length, JSON_NUMBER, flags};
}

static void write_elements(const char *at, const char *end, struct text_buffer *out)
{
    bool first = true;
    text_buffer_add_byte(out, '[');
    for (; at < end; first = false) {
        struct json_key element = {.kind = (uint8_t)at[0], .bytes = at + ELEMENT_HEADER};
        memcpy(&element.length, at + 1, sizeof element.length);
        if (!first)
            text_buffer_add_byte(out, ',');
        json_key_write(&element, out);
        at += ELEMENT_HEADER + element.length;
    }
    text_buffer_add_byte(out, ']');
}

void json_key_write(const struct json_key *key, struct text_buffer *out)
{
    switch (key->kind) {
    case JSON_STRING:
        json_string_encode(out, key->bytes, key->length);
        break;
    case JSON_NUMBER:
        text_buffer_add(out, key->bytes, key->length);
        break;
    case JSON_ARRAY:
        write_elements(key->bytes, key->bytes + key->length, out);
        break;
    default:
        text_buffer_add_text(out, key->kind == JSON_FALSE  ? "false"
                                  : key->kind == JSON_TRUE ? "true"
                                                           : "null");
    }
}

static int compare_bytes(const char *a, uint32_t a_length, const char *b, uint32_t b_length)
{
    int order = memcmp(a, b, a_length < b_length ? a_length : b_length);
    return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_elements(const char *a, const char *a_end, const char *b, const char *b_end);

static int compare_canonical(uint8_t kind, const char *a, uint32_t a_length, const char *b,
                             uint32_t b_length)
{
    switch (kind) {
    case JSON_NUMBER:
        return number_text_compare(canonical_number(a, a_length), canonical_number(b, b_length));
    case JSON_STRING:
        return compare_bytes(a, a_length, b, b_length);
    case JSON_ARRAY:
        return compare_elements(a, a + a_length, b, b + b_length);
    default:
        return 0;
    }
}

static int compare_elements(const char *a, const char *a_end, const char *b, const char *b_end)
{
    while (a < a_end && b < b_end) {
        uint32_t a_length, b_length;
        if (a[0] != b[0])
            return a[0] < b[0] ? -1 : 1;
        memcpy(&a_length, a + 1, sizeof a_length);
        memcpy(&b_length, b + 1, sizeof b_length);
        int order = compare_canonical((uint8_t)a[0], a + ELEMENT_HEADER, a_length,
                                      b + ELEMENT_HEADER, b_length);
        if (order != 0)
            return order;
        a += ELEMENT_HEADER + a_length;
        b += ELEMENT_HEADER + b_length;
    }
    return (a < a_end) - (b < b_end);
}

int json_key_compare(const struct json_key *a, const struct json_key *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return compare_canonical(a->kind, a->bytes, a->length, b->bytes, b->length);
}
