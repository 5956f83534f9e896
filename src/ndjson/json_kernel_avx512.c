#if defined(__x86_64__)
#define KERNEL_TARGET                                                                              \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,"                      \
                          "bmi,bmi2,pclmul,popcnt")))

#include "ndjson/json_match.h"

#include <immintrin.h>

KERNEL_INLINE __m512i block_classes(const char *block, __mmask64 *high)
{
    __m512i bytes = _mm512_loadu_si512(block);
    *high = _mm512_movepi8_mask(bytes);
    return _mm512_maskz_permutex2var_epi8(~*high, _mm512_loadu_si512(json_class_of), bytes,
                                          _mm512_loadu_si512(json_class_of + 64));
}

KERNEL_INLINE struct json_masks avx512_classify(const char *block)
{
    __mmask64 high;
    __m512i classes = block_classes(block, &high);
    return (struct json_masks){
        .quote = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(CLASS_QUOTE)),
        .backslash = _mm512_movepi8_mask(classes),
        .operators = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(CLASS_OPERATOR)),
        .space = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(CLASS_SPACE)),
        .control = _mm512_test_epi8_mask(classes, _mm512_set1_epi8(CLASS_CONTROL)),
        .high = high,
    };
}

KERNEL_INLINE uint64_t avx512_prefix_xor(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits),
                                           _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

KERNEL_INLINE void avx512_store(struct json_tokens *tokens, const char *block, uint32_t offset,
                                uint64_t bits)
{
    static const uint8_t places[64] __attribute__((aligned(64))) = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    __mmask64 high;
    __m512i classes = _mm512_maskz_compress_epi8(bits, block_classes(block, &high));
    __m512i found = _mm512_maskz_compress_epi8(bits, _mm512_load_si512(places));
    uint32_t *positions = tokens->positions + tokens->count;
    __m512i base = _mm512_set1_epi32((int)offset);
    _mm512_storeu_si512(tokens->classes + tokens->count, classes);
    uint32_t count = (uint32_t)__builtin_popcountll(bits);
    _mm512_storeu_si512(
        positions, _mm512_add_epi32(base, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(found))));
    if (count > 16) {
        __m512i rest[3] = {
            _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 1)),
            _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 2)),
            _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(found, 3)),
        };
        for (int i = 0; i < 3; i++)
            _mm512_storeu_si512(positions + 16 + 16 * i, _mm512_add_epi32(base, rest[i]));
    }
    tokens->count += count;
}

static bool avx512_runs_here(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("popcnt");
}

static KERNEL_TARGET bool avx512_accept(struct json_scanner *scanner, const char *limit,
                                        struct json_line *line)
{
    return line_accept(
        scanner, limit, line,
        (struct json_tokenise_steps){avx512_classify, avx512_prefix_xor, avx512_store});
}

const struct json_kernel json_kernel_avx512 = {"avx512", avx512_runs_here, avx512_accept};
#endif
