#if defined(__x86_64__)
#include "ndjson/json_match.h"

#include <emmintrin.h>

/* SSE2 is in every x86-64 CPU; this file is compiled for just that. */

KERNEL_INLINE __m128i equal(__m128i bytes, char byte)
{
    return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte));
}

KERNEL_INLINE uint64_t bits_of(__m128i bytes, int quarter)
{
    return (uint64_t)(uint32_t)_mm_movemask_epi8(bytes) << (16 * quarter);
}

KERNEL_INLINE void quarter_classify(struct json_masks *masks, const char *block, int quarter)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * quarter));
    __m128i folded = _mm_or_si128(bytes, _mm_set1_epi8(0x20)); /* [ ] become { } */
    __m128i brackets = _mm_or_si128(equal(folded, '{'), equal(folded, '}'));
    __m128i separators = _mm_or_si128(equal(bytes, ':'), equal(bytes, ','));
    __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i breaks = _mm_or_si128(equal(bytes, '\n'), equal(bytes, '\r'));
    __m128i blanks = _mm_or_si128(equal(bytes, ' '), equal(bytes, '\t'));
    masks->quote |= bits_of(equal(bytes, '"'), quarter);
    masks->backslash |= bits_of(equal(bytes, '\\'), quarter);
    masks->operators |= bits_of(_mm_or_si128(brackets, separators), quarter);
    masks->space |= bits_of(_mm_or_si128(breaks, blanks), quarter);
    masks->control |= bits_of(control, quarter);
    masks->high |= bits_of(bytes, quarter);
}

KERNEL_INLINE struct json_masks sse2_classify(const char *block)
{
    struct json_masks masks = {0};
    for (int quarter = 0; quarter < 4; quarter++)
        quarter_classify(&masks, block, quarter);
    return masks;
}

KERNEL_INLINE uint64_t sse2_prefix_xor(uint64_t bits)
{
    for (int distance = 1; distance < 64; distance *= 2)
        bits ^= bits << distance;
    return bits;
}

static bool sse2_runs_here(void)
{
    return true;
}

static bool sse2_accept(struct json_scanner *scanner, const char *limit, struct json_line *line)
{
    return line_accept(scanner, limit, line,
                       (struct json_tokenise_steps){sse2_classify, sse2_prefix_xor, bits_store});
}

const struct json_kernel json_kernel_sse2 = {"sse2", sse2_runs_here, sse2_accept};
#endif
