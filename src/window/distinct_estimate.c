#include "window/distinct_estimate.h"

#include "cli/diagnostics.h"
#include "ndjson/json_iterator.h"
#include "state/line_fields.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A hash has 64 - 12 bits for the rank, which is 1 + its leading zeros, at most RANKS. */
enum { RANKS = 64 - DISTINCT_REGISTER_BITS + 1, FIRST_HASHES = 4 };

static void raise_register(uint8_t *registers, uint64_t hash)
{
    size_t index = hash >> (64 - DISTINCT_REGISTER_BITS);
    uint64_t rest = hash << DISTINCT_REGISTER_BITS | UINT64_C(1) << (DISTINCT_REGISTER_BITS - 1);
    uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    if (rank > registers[index])
        registers[index] = rank;
}

static void use_registers(struct distinct_estimate *estimate)
{
    if (estimate->registers != NULL)
        return;
    estimate->registers = allocate_zeroed(DISTINCT_REGISTERS, 1);
    for (uint32_t i = 0; i < estimate->count; i++)
        raise_register(estimate->registers, estimate->hashes[i]);
    free(estimate->hashes);
    estimate->hashes = NULL;
    estimate->count = estimate->capacity = 0;
}

/* The place of a hash among the few, or where it belongs. */
static uint32_t place_of(const struct distinct_estimate *estimate, uint64_t hash)
{
    uint32_t low = 0, high = estimate->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (estimate->hashes[middle] < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void add_hash(struct distinct_estimate *estimate, uint64_t hash)
{
    uint32_t place = 0;
    if (estimate->registers == NULL) {
        place = place_of(estimate, hash);
        if (place < estimate->count && estimate->hashes[place] == hash)
            return;
        if (estimate->count == DISTINCT_EXACT)
            use_registers(estimate);
    }
    if (estimate->registers != NULL) {
        raise_register(estimate->registers, hash);
        return;
    }
    if (estimate->count == estimate->capacity) {
        estimate->capacity = estimate->capacity == 0 ? FIRST_HASHES : 2 * estimate->capacity;
        estimate->hashes = reallocate(estimate->hashes, estimate->capacity * sizeof(uint64_t));
    }
    memmove(estimate->hashes + place + 1, estimate->hashes + place,
            (estimate->count - place) * sizeof(uint64_t));
    estimate->hashes[place] = hash;
    estimate->count++;
}

void distinct_estimate_add(struct distinct_estimate *estimate, const struct json_key *key)
{
    add_hash(estimate, XXH3_64bits_withSeed(key->bytes, key->length, key->kind));
}

void distinct_estimate_merge(struct distinct_estimate *estimate,
                             const struct distinct_estimate *other)
{
    for (uint32_t i = 0; i < other->count; i++)
        add_hash(estimate, other->hashes[i]);
    if (other->registers == NULL)
        return;
    use_registers(estimate);
    for (size_t i = 0; i < DISTINCT_REGISTERS; i++)
        if (other->registers[i] > estimate->registers[i])
            estimate->registers[i] = other->registers[i];
}

void distinct_estimate_clear(struct distinct_estimate *estimate)
{
    free(estimate->hashes);
    free(estimate->registers);
    *estimate = (struct distinct_estimate){0};
}

/* The sum of x^(2^k) 2^(k-1) over k, plus x; x < 1. */
static double sigma(double x)
{
    double power = 1, sum = x, before;
    do {
        x *= x;
        before = sum;
        sum += x * power;
        power += power;
    } while (sum != before);
    return sum;
}

/* (1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3 */
static double tau(double x)
{
    double power = 1, sum = 1 - x, before;
    if (x == 0 || x == 1)
        return 0;
    do {
        x = sqrt(x);
        before = sum;
        power *= 0.5;
        sum -= (1 - x) * (1 - x) * power;
    } while (sum != before);
    return sum / 3;
}

uint64_t distinct_estimate_count(const struct distinct_estimate *estimate)
{
    unsigned of_rank[RANKS + 1] = {0};
    double registers = DISTINCT_REGISTERS;
    double sum;
    if (estimate->registers == NULL)
        return estimate->count;
    for (size_t i = 0; i < DISTINCT_REGISTERS; i++)
        of_rank[estimate->registers[i]]++;
    if (of_rank[0] == DISTINCT_REGISTERS)
        return 0;
    sum = registers * tau(1 - of_rank[RANKS] / registers);
    for (int rank = RANKS - 1; rank >= 1; rank--)
        sum = 0.5 * (sum + of_rank[rank]);
    sum += registers * sigma(of_rank[0] / registers);
    return (uint64_t)llround(registers * registers / (2 * log(2) * sum));
}

static const char rank_letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

void distinct_estimate_save(const struct distinct_estimate *estimate, struct text_buffer *out)
{
    if (estimate->registers == NULL) {
        text_buffer_add_text(out, "{\"hashes\":[");
        for (uint32_t i = 0; i < estimate->count; i++)
            line_add_hexadecimal(out, i == 0 ? "" : ",", estimate->hashes[i]);
        text_buffer_add_text(out, "]}");
        return;
    }
    text_buffer_add_text(out, "{\"registers\":\"");
    for (size_t i = 0; i < DISTINCT_REGISTERS; i++)
        text_buffer_add_byte(out, rank_letters[estimate->registers[i]]);
    text_buffer_add_text(out, "\"}");
}

static bool restore_registers(struct distinct_estimate *estimate, struct json_slice saved)
{
    if (saved.kind != JSON_STRING || saved.length != DISTINCT_REGISTERS + 2)
        return false;
    use_registers(estimate);
    for (size_t i = 0; i < DISTINCT_REGISTERS; i++) {
        const char *letter = memchr(rank_letters, saved.text[i + 1], sizeof rank_letters - 1);
        if (letter == NULL || letter - rank_letters > RANKS)
            return false;
        estimate->registers[i] = (uint8_t)(letter - rank_letters);
    }
    return true;
}

static bool hexadecimal_parse(struct json_slice saved, uint64_t *bits)
{
    static const char digits[] = "0123456789abcdef";
    *bits = 0;
    if (saved.kind != JSON_STRING || saved.length != 18)
        return false;
    for (size_t i = 1; i <= 16; i++) {
        const char *digit = memchr(digits, saved.text[i], 16);
        if (digit == NULL)
            return false;
        *bits = *bits << 4 | (uint64_t)(digit - digits);
    }
    return true;
}

static bool restore_hashes(struct distinct_estimate *estimate, struct json_slice saved)
{
    struct json_iterator iterator = json_iterator_start(saved);
    struct json_slice hash;
    uint64_t bits;
    while (json_iterator_next(&iterator, NULL, &hash)) {
        if (!hexadecimal_parse(hash, &bits))
            return false;
        add_hash(estimate, bits);
    }
    return saved.kind == JSON_ARRAY;
}

bool distinct_estimate_restore(struct distinct_estimate *estimate, struct json_slice saved)
{
    struct line_fields fields;
    struct json_slice value;
    if (!line_fields_begin(&fields, saved.text, saved.length))
        return false;
    if (line_fields_value(&fields, "registers", &value))
        return restore_registers(estimate, value) && line_fields_end(&fields);
    return line_fields_value(&fields, "hashes", &value) && restore_hashes(estimate, value) &&
           line_fields_end(&fields);
}
