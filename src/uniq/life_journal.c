#include "uniq/life_journal.h"

#include "cli/diagnostics.h"
#include "state/line_fields.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 1024 * 1024 };

struct life_chunk {
    struct life_chunk *next;
    size_t used; /* bytes of memory */
    size_t size;
    char memory[];
};

/* A change as it stands in a chunk, its key's bytes behind it. */
struct note {
    struct key_fingerprint mark;
    int64_t first;
    int64_t last;
    uint32_t partition;
    uint32_t key_length;
    uint8_t key_kind; /* JSON_ABSENT = only the mark is kept */
};

static void free_chunks(struct life_chunk *chunk)
{
    while (chunk != NULL) {
        struct life_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
}

void life_journal_free(struct life_journal *journal)
{
    free_chunks(journal->first);
    *journal = (struct life_journal){0};
}

static size_t note_size(size_t key_length)
{
    size_t size = sizeof(struct note) + key_length;
    return (size + _Alignof(struct note) - 1) & ~(_Alignof(struct note) - 1);
}

static void add_chunk(struct life_journal *journal, size_t least)
{
    size_t size = least > CHUNK_SIZE ? least : CHUNK_SIZE;
    struct life_chunk *chunk = allocate(sizeof *chunk + size);
    chunk->next = NULL;
    chunk->used = 0;
    chunk->size = size;
    if (journal->last == NULL)
        journal->first = chunk;
    else
        journal->last->next = chunk;
    journal->last = chunk;
}

void life_journal_add(struct life_journal *journal, const struct life_change *change)
{
    uint32_t key_length = change->key == NULL ? 0 : change->key->length;
    size_t size = note_size(key_length);
    struct note *note;
    if (journal->last == NULL || journal->last->size - journal->last->used < size)
        add_chunk(journal, size);
    note = (struct note *)(void *)(journal->last->memory + journal->last->used);
    *note = (struct note){change->mark, change->first,
                          change->last, change->partition,
                          key_length,   change->key == NULL ? JSON_ABSENT : change->key->kind};
    if (key_length > 0)
        memcpy(note + 1, change->key->bytes, key_length);
    journal->last->used += size;
    if (journal->count++ == 0 || change->last > journal->youngest)
        journal->youngest = change->last;
}

static void write_note(const struct note *note, struct text_buffer *out)
{
    line_add_natural(out, "{\"p\":", note->partition);
    if (note->key_kind == JSON_ABSENT) {
        line_add_hexadecimal(out, ",\"high\":", note->mark.high);
        line_add_hexadecimal(out, ",\"low\":", note->mark.low);
    } else {
        const struct json_key key = {
            .bytes = (const char *)(note + 1), .length = note->key_length, .kind = note->key_kind};
        text_buffer_add_text(out, ",\"key\":");
        json_key_write(&key, out);
    }
    line_add_integer(out, ",\"time\":", note->first);
    if (note->last != note->first)
        line_add_integer(out, ",\"last\":", note->last);
    text_buffer_add_text(out, "}\n");
}

/* A journal that was handed over. The writer thread gives a chunk's memory back when it has written
   it: to do that for hundreds of them at once would hold the stream up. */
struct saved_journal {
    struct life_chunk *next;
};

static bool fill(void *context, struct text_buffer *out, uint64_t *rows)
{
    struct saved_journal *saved = context;
    struct life_chunk *chunk = saved->next;
    for (size_t at = 0; at < chunk->used; ++*rows) {
        const struct note *note = (const struct note *)(const void *)(chunk->memory + at);
        write_note(note, out);
        at += note_size(note->key_length);
    }
    saved->next = chunk->next;
    free(chunk);
    return saved->next != NULL;
}

static void done(void *context)
{
    struct saved_journal *saved = context;
    free_chunks(saved->next);
    free(saved);
}

void life_journal_save(struct life_journal *journal, struct snapshot_draft *draft, const char *role)
{
    struct saved_journal *saved;
    if (journal->count == 0)
        return;
    saved = allocate(sizeof *saved);
    *saved = (struct saved_journal){journal->first};
    snapshot_draft_add(draft, &(struct segment_source){role, journal->youngest, saved, fill, done});
    *journal = (struct life_journal){0};
}
