#include "sql/row_batch.h"

#include "cli/diagnostics.h"
#include "ndjson/number_text.h"

#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

enum { FIRST_ROWS = 1024 };

static void place(struct row_batch *batch, size_t row)
{
    size_t mask = batch->slot_count - 1;
    size_t slot = (size_t)batch->rows[row].hash & mask;
    while (batch->slots[slot] != 0)
        slot = (slot + 1) & mask;
    batch->slots[slot] = (uint32_t)row + 1;
}

/* The table has two slots per row. */
static void make_room(struct row_batch *batch)
{
    if (batch->count < batch->capacity)
        return;
    batch->capacity = batch->capacity == 0 ? FIRST_ROWS : 2 * batch->capacity;
    batch->rows = reallocate(batch->rows, batch->capacity * sizeof *batch->rows);
    free(batch->slots);
    batch->slot_count = 2 * batch->capacity;
    batch->slots = allocate_zeroed(batch->slot_count, sizeof *batch->slots);
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->rows[i].replaced && batch->rows[i].identity_length > 0)
            place(batch, i);
}

/* The slot that names the row of this identity; NULL = there is none. */
static uint32_t *find(const struct row_batch *batch, struct row_text identity, uint64_t hash)
{
    size_t mask = batch->slot_count - 1;
    for (size_t slot = (size_t)hash & mask; batch->slots[slot] != 0; slot = (slot + 1) & mask) {
        const struct batch_row *row = &batch->rows[batch->slots[slot] - 1];
        if (row->hash == hash && row->identity_length == identity.length &&
            memcmp(batch->bytes.bytes + row->start, identity.bytes, identity.length) == 0)
            return &batch->slots[slot];
    }
    return NULL;
}

static bool outranks(const struct row_batch *batch, const struct batch_row *row,
                     struct row_text guard)
{
    struct json_slice held = {batch->bytes.bytes + row->start + row->identity_length,
                              row->guard_length, JSON_NUMBER, 0};
    struct json_slice added = {guard.bytes, (uint32_t)guard.length, JSON_NUMBER, 0};
    return guard.bytes != NULL && number_text_compare(held, added) > 0;
}

static void count_row(struct row_batch *batch, bool retract, size_t change)
{
    if (retract)
        batch->retracts += change;
    else
        batch->upserts += change;
}

static void append(struct row_batch *batch, struct row_text identity, struct row_text guard,
                   struct row_text body, bool retract, uint64_t hash)
{
    batch->rows[batch->count++] = (struct batch_row){.start = batch->bytes.length,
                                                     .identity_length = (uint32_t)identity.length,
                                                     .guard_length = (uint32_t)guard.length,
                                                     .body_length = body.length,
                                                     .hash = hash,
                                                     .retract = retract};
    text_buffer_reserve(&batch->bytes, identity.length + guard.length + body.length + 1);
    text_buffer_add(&batch->bytes, identity.bytes, identity.length);
    text_buffer_add(&batch->bytes, guard.bytes, guard.length);
    text_buffer_add(&batch->bytes, body.bytes, body.length);
    count_row(batch, retract, 1);
}

void row_batch_add(struct row_batch *batch, struct row_text identity, struct row_text guard,
                   struct row_text body, bool retract)
{
    uint64_t hash = XXH3_64bits(identity.bytes, identity.length);
    uint32_t *slot;
    batch->taken++;
    make_room(batch);
    if (identity.bytes == NULL) {
        append(batch, (struct row_text){"", 0}, (struct row_text){"", 0}, body, retract, 0);
        return;
    }
    slot = find(batch, identity, hash);
    if (slot != NULL) {
        struct batch_row *row = &batch->rows[*slot - 1];
        batch->superseded++;
        if (outranks(batch, row, guard))
            return;
        row->replaced = true;
        count_row(batch, row->retract, (size_t)-1);
        *slot = (uint32_t)batch->count + 1;
    }
    append(batch, identity, guard.bytes == NULL ? (struct row_text){"", 0} : guard, body, retract,
           hash);
    if (slot == NULL)
        place(batch, batch->count - 1);
}

void row_batch_clear(struct row_batch *batch)
{
    batch->bytes.length = 0;
    batch->count = batch->taken = batch->upserts = batch->retracts = 0;
    if (batch->slots != NULL)
        memset(batch->slots, 0, batch->slot_count * sizeof *batch->slots);
}

void row_batch_free(struct row_batch *batch)
{
    text_buffer_free(&batch->bytes);
    free(batch->rows);
    free(batch->slots);
    *batch = (struct row_batch){0};
}
