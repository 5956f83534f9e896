#include "ndjson/scanned_text.h"

#include "cli/diagnostics.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Bytes of scan results per text; lines beyond are scanned by who asks for them. Values longer than
   VALUE_LIMIT stay in their line. */
enum { RESULT_BYTES = 512 * 1024, VALUE_LIMIT = 32, CACHE_LINE = 64 };

/* So many lines before their turn they are fetched, at most so many bytes of each; and their
   results so many bytes before. */
enum { FETCH_LINES = 8, FETCH_BYTES = 512, FETCH_RESULTS = 1024 };

struct scanned_line {
    uint32_t at; /* offsets in the text */
    uint32_t next;
    uint32_t length;
    uint32_t size; /* bytes of this and what belongs to it; a multiple of 16 */
    enum scan_status status;
    uint32_t error_byte;
    const char *reason;
    struct json_slice slots[]; /* then the values that stand apart */
};

void text_maker_init(struct text_maker *maker, const struct json_projection *projection,
                     bool hands_over, enum value_place place)
{
    *maker = (struct text_maker){.hands_over = hands_over, .place = place};
    if (projection == NULL)
        return;
    maker->scanner = json_scanner_new(projection, JSON_UTF8_CHECKED);
    maker->slot_count = json_projection_slots(projection);
}

/* The most that a line may need. */
static size_t line_room(const struct text_maker *maker)
{
    return sizeof(struct scanned_line) +
           maker->slot_count * (sizeof(struct json_slice) + VALUE_LIMIT) + 16;
}

static void results_make(struct scan_results *results, const struct text_maker *maker)
{
    if (results->bytes == NULL)
        results->bytes = allocate_aligned(RESULT_BYTES + line_room(maker) + CACHE_LINE);
    results->size = 0;
}

void text_maker_free(struct text_maker *maker)
{
    free(maker->draft.bytes);
    json_scanner_free(maker->scanner);
}

char *scanned_text_room(struct scanned_text *text, size_t size)
{
    if (size > text->capacity) {
        free(text->memory);
        text->capacity = size + size / 2;
        text->memory = allocate_aligned(text->capacity + JSON_PADDING + CACHE_LINE);
    }
    return text->memory;
}

void scanned_text_free(struct scanned_text *text)
{
    free(text->memory);
    free(text->results.bytes);
}

/* Copies past the caches, whole cache lines: up to CACHE_LINE - 1 bytes more than `size`. Storing
   into memory that another CPU has just read costs a question to its cache for each line; that made
   reading three times as slow. */
static void copy_past_caches(void *to, const void *from, size_t size)
{
#if defined(__SSE2__)
    const __m128i *source = from;
    __m128i *target = to;
    for (size_t i = 0; i < (size + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE / sizeof *target; i++)
        _mm_stream_si128(target + i, _mm_loadu_si128(source + i));
    _mm_sfence();
#else
    memcpy(to, from, size);
#endif
}

/* Where things are while they are made, and where they will be looked at. */
struct hand_over {
    const char *made_text;
    const char *text;
    const char *made_results;
    const char *results;
};

/* Points the slots to the text that will be shown; copies the short values behind them and points
   to these. Returns the end of what was written. */
static char *place_values(struct json_slice *slots, const struct text_maker *maker,
                          const struct hand_over *over)
{
    char *end = (char *)(slots + maker->slot_count);
    for (size_t i = 0; i < maker->slot_count; i++) {
        struct json_slice *slot = &slots[i];
        if (slot->kind == JSON_ABSENT)
            continue;
        if (maker->place == VALUES_APART && slot->length <= VALUE_LIMIT && i != JSON_ROOT_SLOT) {
            memcpy(end, slot->text, VALUE_LIMIT);
            slot->text = over->results + (end - over->made_results);
            end += slot->length;
        } else {
            slot->text = over->text + (slot->text - over->made_text);
        }
    }
    return end;
}

static const char *scan_line(struct text_maker *maker, struct scan_results *results,
                             const struct hand_over *over, const char *at, const char *limit)
{
    struct scanned_line *scanned = (struct scanned_line *)(void *)(results->bytes + results->size);
    struct json_line line = {.slots = scanned->slots};
    char *end = (char *)(scanned->slots + maker->slot_count);
    scanned->status = json_scan_line(maker->scanner, at, limit, &line);
    scanned->at = (uint32_t)(line.text - over->made_text);
    scanned->next = (uint32_t)(line.next - over->made_text);
    scanned->length = line.length;
    scanned->reason = line.reason;
    scanned->error_byte = line.error_byte;
    if (scanned->status == SCAN_RECORD && maker->hands_over)
        end = place_values(scanned->slots, maker, over);
    scanned->size = (uint32_t)((size_t)(end - (char *)scanned + 15) & ~(size_t)15);
    results->size += scanned->size;
    return line.next;
}

static void scan_lines(struct text_maker *maker, struct scan_results *results,
                       const struct hand_over *over, const char *at, const char *limit)
{
    while (at < limit && results->size < RESULT_BYTES)
        at = scan_line(maker, results, over, at, limit);
}

static void show(struct scanned_text *text, const char *at, const char *limit)
{
    text->text = at;
    text->limit = limit;
    text->results.size = text->next = text->fetch = 0;
    text->far = false;
}

/* Results are made in memory that stays with this CPU. */
static void scan_and_hand_over(struct scanned_text *text, struct text_maker *maker, const char *at,
                               const char *limit)
{
    struct scan_results *draft = maker->hands_over ? &maker->draft : &text->results;
    results_make(&text->results, maker);
    results_make(draft, maker);
    scan_lines(maker, draft, &(struct hand_over){at, text->text, draft->bytes, text->results.bytes},
               at, limit);
    text->results.size = draft->size;
    if (!maker->hands_over)
        return;
    copy_past_caches(text->results.bytes, draft->bytes, draft->size);
    text->far = maker->place == VALUES_IN_LINE;
}

void scanned_text_scan(struct scanned_text *text, struct text_maker *maker, const char *at,
                       const char *limit)
{
    show(text, at, limit);
    if (maker->scanner != NULL)
        scan_and_hand_over(text, maker, at, limit);
}

void scanned_text_copy(struct scanned_text *text, struct text_maker *maker, const char *at,
                       const char *limit, bool scan)
{
    size_t size = (size_t)(limit - at);
    char *room = scanned_text_room(text, size);
    show(text, room, room + size);
    if (scan && maker->scanner != NULL)
        scan_and_hand_over(text, maker, at, limit);
    copy_past_caches(room, at, size);
}

static const struct scanned_line *line_at(const struct scanned_text *text, size_t at)
{
    return (const struct scanned_line *)(const void *)(text->results.bytes + at);
}

/* What another thread handed over lies in memory: the line, and further ahead the results. */
static void fetch_line(struct scanned_text *text)
{
    const struct scanned_line *scanned = line_at(text, text->fetch);
    const char *line;
    if (text->fetch == text->results.size)
        return;
    line = text->text + scanned->at;
    text->fetch += scanned->size;
    for (size_t i = 0; i < scanned->length && i < FETCH_BYTES; i += CACHE_LINE)
        __builtin_prefetch(line + i);
    __builtin_prefetch((const char *)scanned + FETCH_RESULTS);
    __builtin_prefetch((const char *)scanned + FETCH_RESULTS + CACHE_LINE);
}

static void fetch_lines(struct scanned_text *text)
{
    for (size_t i = 1; text->next == 0 && i < FETCH_LINES; i++)
        fetch_line(text);
    fetch_line(text);
}

bool scanned_text_line(struct scanned_text *text, const char *at, struct json_line *line,
                       enum scan_status *status)
{
    const struct scanned_line *scanned = line_at(text, text->next);
    if (text->next == text->results.size || text->text + scanned->at != at)
        return false;
    if (text->far)
        fetch_lines(text);
    text->next += scanned->size;
    line->text = at;
    line->length = scanned->length;
    line->next = text->text + scanned->next;
    line->slots = (struct json_slice *)(uintptr_t)scanned->slots;
    line->reason = scanned->reason;
    line->error_byte = scanned->error_byte;
    *status = scanned->status;
    return true;
}
