#include "generate/kcat_lines.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"

#include <endian.h>
#include <stdlib.h>

void kcat_lines_init(struct kcat_lines *lines, const char *topic, uint32_t partitions)
{
    *lines = (struct kcat_lines){.topic = topic,
                                 .partitions = partitions,
                                 .offsets = allocate_zeroed(partitions, sizeof *lines->offsets)};
}

void kcat_lines_free(struct kcat_lines *lines)
{
    free(lines->offsets);
    lines->offsets = NULL;
}

/* MurmurHash2 (A. Appleby) with the seed of Kafka's Utils.murmur2. */
static uint32_t murmur2(const char *bytes, size_t length)
{
    const uint32_t factor = 0x5bd1e995;
    uint32_t hash = 0x9747b28c ^ (uint32_t)length;
    for (; length >= 4; bytes += 4, length -= 4) {
        uint32_t word;
        memcpy(&word, bytes, 4);
        word = le32toh(word) * factor;
        hash = (hash * factor) ^ ((word ^ (word >> 24)) * factor);
    }
    if (length > 0) {
        for (size_t i = length; i-- > 0;)
            hash ^= (uint32_t)(unsigned char)bytes[i] << (8 * i);
        hash *= factor;
    }
    hash = (hash ^ (hash >> 13)) * factor;
    return hash ^ (hash >> 15);
}

uint32_t kcat_lines_partition(const struct kcat_lines *lines, const char *key, size_t length)
{
    return (murmur2(key, length) & 0x7fffffff) % lines->partitions;
}

static void add_number(struct text_buffer *out, const char *name, int64_t number)
{
    text_buffer_add_text(out, name);
    char *place = text_buffer_reserve(out, DIGITS_SIZE + 1);
    out->length += (size_t)(digits_put_signed(place, number) - place);
}

static char *escape(char *out, unsigned char byte)
{
    static const char letters[32] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    static const char digits[] = "0123456789ABCDEF";
    *out++ = '\\';
    if (byte >= ' ' || letters[byte]) {
        *out++ = byte >= ' ' ? (char)byte : letters[byte];
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = digits[byte >> 4];
    out[4] = digits[byte & 15];
    return out + 5;
}

/* A JSON string as kcat's library writes it: bytes that are no UTF-8 pass as they are. */
static void add_string(struct text_buffer *out, const char *name, const char *text, size_t length)
{
    text_buffer_add_text(out, name);
    if (text == NULL) {
        text_buffer_add_text(out, "null");
        return;
    }
    char *begin = text_buffer_reserve(out, 6 * length + 2), *end = begin;
    *end++ = '"';
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < ' ' || byte == '"' || byte == '\\')
            end = escape(end, byte);
        else
            *end++ = (char)byte;
    }
    *end++ = '"';
    out->length += (size_t)(end - begin);
}

void kcat_lines_add(struct kcat_lines *lines, const struct kcat_message *message,
                    struct text_buffer *out)
{
    int64_t ms = message->time / 1000000 - (message->time % 1000000 < 0);
    text_buffer_add_text(out, "{\"topic\":\"");
    text_buffer_add_text(out, lines->topic);
    add_number(out, "\",\"partition\":", message->partition);
    add_number(out, ",\"offset\":", (int64_t)lines->offsets[message->partition]++);
    add_number(out, ",\"tstype\":\"create\",\"ts\":", ms);
    text_buffer_add_text(out, ",\"broker\":1");
    if (message->headers != NULL) {
        text_buffer_add_text(out, ",\"headers\":");
        text_buffer_add_text(out, message->headers);
    }
    add_string(out, ",\"key\":", message->key, message->key_length);
    add_string(out, ",\"payload\":", message->payload, message->payload_length);
    text_buffer_add_text(out, "}\n");
}
