#ifndef NDJSON_JSON_TOKENISE_H
#define NDJSON_JSON_TOKENISE_H

#include "ndjson/json_kernel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Finding the tokens of a line, 64 bytes at a time. A kernel defines KERNEL_TARGET, its instruction
   set, before the include, and hands in what it does its own way; all of it becomes one function.
 */

#if !defined(KERNEL_TARGET)
#define KERNEL_TARGET
#endif
#define KERNEL_INLINE static inline __attribute__((always_inline)) KERNEL_TARGET

/* One bit per byte of a block, the first byte lowest. */
struct json_masks {
    uint64_t quote;
    uint64_t backslash;
    uint64_t operators; /* { } [ ] : , */
    uint64_t space;
    uint64_t control;
    uint64_t high;
};

struct json_tokenise_steps {
    struct json_masks (*classify)(const char *block);
    uint64_t (*prefix_xor)(uint64_t bits);
    /* Stores the tokens at the bits set; `offset` is the block's in the line. */
    void (*store)(struct json_tokens *tokens, const char *block, uint32_t offset, uint64_t bits);
};

/* What one block hands to the next. */
struct json_carry {
    uint64_t in_string; /* all ones or 0 */
    uint64_t in_scalar; /* 1 or 0 */
    uint64_t escaped;   /* 1 or 0: the next byte stands behind a backslash */
};

/* The bit of the byte that ends the line, 0 if that is not in this block. */
KERNEL_INLINE uint64_t block_stop(const char *block, uint64_t control, const char *limit)
{
    uint64_t stop = 0;
    for (; control && !stop; control &= control - 1)
        if (block[__builtin_ctzll(control)] == '\n')
            stop = control & -control;
    if (limit - block < 64)
        stop |= UINT64_C(1) << (limit - block);
    return stop & -stop;
}

/* The bytes that stand behind an escaping backslash; checks what they are. */
KERNEL_INLINE uint64_t block_escapes(const char *block, uint64_t backslash,
                                     struct json_carry *carry, struct json_findings *findings)
{
    static const char valid[256] = {['"'] = 1, ['\\'] = 1, ['/'] = 1, ['b'] = 1, ['f'] = 1,
                                    ['n'] = 1, ['r'] = 1,  ['t'] = 1, ['u'] = 2};
    uint64_t escaped = carry->escaped;
    findings->backslash = true;
    backslash &= ~carry->escaped;
    carry->escaped = 0;
    while (backslash) {
        unsigned place = (unsigned)__builtin_ctzll(backslash);
        char kind = valid[(unsigned char)block[place + 1]];
        findings->broken |= kind == 0;
        findings->unicode |= kind == 2;
        carry->escaped = place / 63;
        escaped |= (UINT64_C(1) << place) << 1;
        backslash &= ~(UINT64_C(3) << place);
    }
    return escaped;
}

/* The first byte of each token of a block. */
KERNEL_INLINE uint64_t block_tokens(const struct json_masks *masks, uint64_t quote,
                                    uint64_t strings, uint64_t valid, struct json_carry *carry)
{
    uint64_t outside = valid & ~strings;
    uint64_t scalar = ~(masks->operators | masks->space | quote) & outside;
    uint64_t first = scalar & ~(scalar << 1 | carry->in_scalar);
    carry->in_scalar = scalar >> 63;
    return (masks->operators & outside) | first | (quote & strings);
}

/* A store step for kernels that cannot compress vectors. */
KERNEL_INLINE void bits_store(struct json_tokens *tokens, const char *block, uint32_t offset,
                              uint64_t bits)
{
    uint32_t *positions = tokens->positions + tokens->count;
    uint8_t *classes = tokens->classes + tokens->count;
    tokens->count += (uint32_t)__builtin_popcountll(bits);
    for (; bits; bits &= bits - 1) {
        uint32_t place = (uint32_t)__builtin_ctzll(bits);
        *positions++ = offset + place;
        *classes++ = json_class_of[(unsigned char)block[place]];
    }
}

KERNEL_INLINE void line_end(struct json_line *line, const char *end, const char *limit)
{
    bool feed = end < limit;
    line->next = end + feed;
    line->length = (uint32_t)(end - line->text);
    if (feed && end > line->text && end[-1] == '\r')
        line->length--;
}

/* Sets line->length and next, and the scanner's tokens. */
KERNEL_INLINE struct json_findings line_tokenise(struct json_tokens *tokens, const char *limit,
                                                 struct json_line *line,
                                                 struct json_tokenise_steps steps)
{
    struct json_findings findings = {0};
    struct json_carry carry = {0};
    const char *block = line->text;
    uint64_t stop = 0;
    uint64_t controls = 0;
    uint64_t highs = 0;
    tokens->count = 0;
    for (;; block += 64) {
        struct json_masks masks = steps.classify(block);
        stop = masks.control || limit - block < 64 ? block_stop(block, masks.control, limit) : 0;
        uint64_t valid = stop - 1;
        uint64_t quote = masks.quote & valid;
        if ((masks.backslash & valid) | carry.escaped)
            quote &= ~block_escapes(block, masks.backslash & valid, &carry, &findings);
        uint64_t strings = steps.prefix_xor(quote) ^ carry.in_string;
        carry.in_string = 0 - (strings >> 63);
        controls |= masks.control & strings & valid;
        highs |= masks.high & valid;
        uint64_t bits = block_tokens(&masks, quote, strings, valid, &carry);
        if (tokens->count + 64 > tokens->capacity)
            json_tokens_grow(tokens);
        steps.store(tokens, block, (uint32_t)(block - line->text), bits);
        if (stop)
            break;
    }
    line_end(line, block + __builtin_ctzll(stop), limit);
    tokens->positions[tokens->count] = line->length;
    tokens->classes[tokens->count] = TOKEN_END;
    findings.high = highs != 0;
    findings.broken |= controls || carry.in_string || carry.escaped;
    return findings;
}

#endif
