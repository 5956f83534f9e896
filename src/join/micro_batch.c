#include "join/micro_batch.h"

#include "cli/diagnostics.h"

#include <stdlib.h>
#include <string.h>

static struct delayed_input *add(struct micro_batch *batch)
{
    if (batch->count == batch->capacity) {
        batch->capacity = batch->capacity == 0 ? 1024 : 2 * batch->capacity;
        batch->inputs = reallocate(batch->inputs, batch->capacity * sizeof *batch->inputs);
    }
    return &batch->inputs[batch->count++];
}

static char *copy(struct micro_batch *batch, const void *bytes, size_t length)
{
    return memcpy(scratch_take(&batch->scratch, length + 1), bytes, length);
}

static void copy_slice(struct micro_batch *batch, struct json_slice *slice)
{
    if (!json_slice_absent(*slice))
        slice->text = copy(batch, slice->text, slice->length);
}

int64_t micro_batch_due(struct micro_batch *batch, int64_t now, int64_t every)
{
    if (batch->origin == 0)
        batch->origin = now;
    return now + every - (now - batch->origin) % every;
}

struct event *micro_batch_add(struct micro_batch *batch, const struct event *event,
                              size_t prepared_size)
{
    struct delayed_input *input = add(batch);
    struct record_variables *variables = &input->event.variables;
    *input = (struct delayed_input){.event = *event, .is_record = true};
    input->event.line.text = copy(batch, event->line.text, event->line.length);
    input->event.line.slots = NULL;
    input->event.prepared = copy(batch, event->prepared, prepared_size);
    copy_slice(batch, &variables->topic);
    copy_slice(batch, &variables->partition);
    copy_slice(batch, &variables->offset);
    copy_slice(batch, &variables->key);
    copy_slice(batch, &variables->ts);
    copy_slice(batch, &variables->headers);
    return &input->event;
}

void micro_batch_add_rise(struct micro_batch *batch, uint32_t partition, int64_t watermark)
{
    *add(batch) = (struct delayed_input){.partition = partition, .watermark = watermark};
}

/* A piece of a record (or something made beside it), to where the copy has it. */
static const char *move(struct micro_batch *batch, const struct event *from, const struct event *to,
                        const char *bytes, size_t length)
{
    const char *text = from->line.text;
    if (bytes >= text && bytes + length <= text + from->line.length)
        return to->line.text + (bytes - text);
    return copy(batch, bytes, length);
}

void micro_batch_move_row(struct micro_batch *batch, const struct event *from,
                          const struct event *to, struct row_view *row)
{
    struct json_key *key = &row->key;
    row->text = move(batch, from, to, row->text, row->length);
    key->bytes = move(batch, from, to, key->bytes, key->length);
    if (!json_slice_absent(key->text))
        key->text.text = move(batch, from, to, key->text.text, key->text.length);
}

void micro_batch_clear(struct micro_batch *batch)
{
    batch->count = 0;
    scratch_reset(&batch->scratch);
}

void micro_batch_free(struct micro_batch *batch)
{
    free(batch->inputs);
    scratch_free(&batch->scratch);
}
