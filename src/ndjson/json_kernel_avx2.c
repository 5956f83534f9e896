#if defined(__x86_64__)
#define KERNEL_TARGET __attribute__((target("avx2,bmi,bmi2,pclmul,popcnt")))

#include "ndjson/json_match.h"

#include <immintrin.h>

/* One 32-byte half of a block; two halves make the masks of one. */
KERNEL_INLINE struct json_masks half_classify(const char *half)
{
    /* Looked up by the low four bits of a byte: the only byte of the group that ends so, or one
       that cannot be equal. [ and ] are folded onto { and } by 0x20; so are two control characters
       onto ',' and ':', but the class that is stored for them is no token's. */
    const __m256i operator_of = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}', 0, 0));
    const __m256i space_of = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(' ', 0, 0, 0, 0, 0, 0, 0, 0, '\t', '\n', 0, 0, '\r', 0, 0));
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)half);
    __m256i folded = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(0x1F)), bytes);
    __m256i operators = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(operator_of, bytes), folded);
    __m256i space = _mm256_cmpeq_epi8(_mm256_shuffle_epi8(space_of, bytes), bytes);
    __m256i quote = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('"'));
    __m256i backslash = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));
    return (struct json_masks){
        .quote = (uint32_t)_mm256_movemask_epi8(quote),
        .backslash = (uint32_t)_mm256_movemask_epi8(backslash),
        .operators = (uint32_t)_mm256_movemask_epi8(operators),
        .space = (uint32_t)_mm256_movemask_epi8(space),
        .control = (uint32_t)_mm256_movemask_epi8(control),
        .high = (uint32_t)_mm256_movemask_epi8(bytes),
    };
}

KERNEL_INLINE struct json_masks avx2_classify(const char *block)
{
    struct json_masks low = half_classify(block);
    struct json_masks high = half_classify(block + 32);
    return (struct json_masks){
        .quote = low.quote | high.quote << 32,
        .backslash = low.backslash | high.backslash << 32,
        .operators = low.operators | high.operators << 32,
        .space = low.space | high.space << 32,
        .control = low.control | high.control << 32,
        .high = low.high | high.high << 32,
    };
}

KERNEL_INLINE uint64_t avx2_prefix_xor(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits),
                                           _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

static bool avx2_runs_here(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("popcnt");
}

static KERNEL_TARGET bool avx2_accept(struct json_scanner *scanner, const char *limit,
                                      struct json_line *line)
{
    return line_accept(scanner, limit, line,
                       (struct json_tokenise_steps){avx2_classify, avx2_prefix_xor, bits_store});
}

const struct json_kernel json_kernel_avx2 = {"avx2", avx2_runs_here, avx2_accept};
#endif
