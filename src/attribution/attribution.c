#include "attribution/attribution.h"

#include "attribution/due_order.h"
#include "cli/diagnostics.h"
#include "state/expiry.h"
#include "state/memory_bound.h"
#include "time/timestamp.h"
#include "time/watermark.h"

#include <stdlib.h>

/* Records between the hint for the index, the hint for the row it leads to, and the one for the row
   behind that: preparing so many takes as long as memory does. */
enum { HINT_DELAY = 4, HINTS = 2 * HINT_DELAY };

/* Conversions whose hash is remembered: with little delay all are finished soon. */
enum { RECENT = 64 };

struct hint {
    uint64_t hash; /* 0: no row is to be hinted at */
    bool is_conversion;
    uint64_t row; /* the one behind it is to be hinted at; LOG_NOWHERE: none */
};

struct recent_conversion {
    uint64_t position;
    uint64_t hash;
};

struct attribution {
    struct attribution_rules rules;
    struct attribution_listener listener;
    struct row_history touches;
    struct row_history conversions; /* found by key only if answers are updated */
    struct expiry expiry;           /* of conversions */
    struct due_rows due;
    struct due_order order;
    struct row_positions found;
    struct outcome affected; /* conversions within reach of a touch */
    struct outcome outcome;
    struct outcome before;
    struct scratch scratch;
    struct hint hints[HINTS];
    unsigned next_hint;
    bool hinting; /* hints were given since the last row was added */
    struct recent_conversion recent[RECENT];
    uint64_t open;
    struct attribution_counts counts;
    struct credit_value one; /* the value that conversions have without --value */
};

static const struct json_slice one = {"1", 1, JSON_NUMBER, JSON_FLAG_INTEGER};

struct attribution *attribution_new(const struct attribution_rules *rules,
                                    const struct attribution_listener *listener)
{
    struct attribution *attribution = allocate_zeroed(1, sizeof *attribution);
    attribution->rules = *rules;
    attribution->listener = *listener;
    credit_value_read(one, rules->digits, &attribution->one, NULL);
    row_history_init(&attribution->touches);
    row_history_init(&attribution->conversions);
    expiry_init(&attribution->expiry, &attribution->conversions.log);
    return attribution;
}

void attribution_free(struct attribution *attribution)
{
    expiry_free(&attribution->expiry);
    due_rows_free(&attribution->due);
    due_order_free(&attribution->order);
    row_history_free(&attribution->touches);
    row_history_free(&attribution->conversions);
    row_positions_free(&attribution->found);
    outcome_free(&attribution->affected);
    outcome_free(&attribution->outcome);
    outcome_free(&attribution->before);
    scratch_free(&attribution->scratch);
    free(attribution);
}

static bool keyed(const struct attribution_row *row)
{
    return row->key.kind > JSON_NULL;
}

/* Sets `found` to the touches within reach of a conversion. Rows from the log do not know their
   hash. */
static void find_touches(struct attribution *attribution, struct attribution_row *conversion)
{
    const struct time_range *within = &attribution->rules.within;
    int64_t low = within->upper == INT64_MAX ? INT64_MIN
                                             : time_subtract(conversion->time, within->upper);
    attribution->found.count = 0;
    memory_bound_tend(attribution->touches.log.bound);
    if (!keyed(conversion) || within->lower > within->upper)
        return;
    if (conversion->key.hash == 0) {
        scratch_reset(&attribution->scratch);
        json_key_make(conversion->key.text, &attribution->scratch, &conversion->key);
    }
    row_history_find(&attribution->touches, &conversion->key, low,
                     time_subtract(conversion->time, within->lower), &attribution->found);
}

/* The outcome with the touches found, but for one. */
static void decide(struct attribution *attribution, struct outcome *outcome, uint64_t excluded,
                   uint64_t units)
{
    outcome_load(outcome, &attribution->touches, &attribution->found, excluded);
    outcome_decide(outcome, &attribution->touches, &attribution->rules.model,
                   attribution->rules.prioritised, units);
}

static struct attribution_result result_of(struct attribution *attribution,
                                           const struct attribution_row *conversion)
{
    struct attribution_result result = {.conversion = conversion,
                                        .touches = &attribution->touches,
                                        .outcome = &attribution->outcome};
    /* Read once already, before the conversion was added. */
    if (conversion->weight.length == one.length && *conversion->weight.text == *one.text)
        result.value = attribution->one;
    else
        credit_value_read(conversion->weight, attribution->rules.digits, &result.value, NULL);
    return result;
}

static void give(struct attribution *attribution, const struct attribution_result *result)
{
    if (result->revision == 1)
        attribution->counts.emitted++;
    else if (!result->final)
        attribution->counts.updated++;
    attribution->listener.result(attribution->listener.self, result);
}

/* A conversion of this history row has one touch more: is that another answer? */
static void update(struct attribution *attribution, uint64_t position, uint64_t touch)
{
    struct waiting_row *waiting = row_history_at(&attribution->conversions, position);
    struct attribution_row conversion;
    struct attribution_result result;
    attribution_row_view(waiting, &conversion);
    find_touches(attribution, &conversion);
    result = result_of(attribution, &conversion);
    decide(attribution, &attribution->before, touch, result.value.units);
    decide(attribution, &attribution->outcome, LOG_NOWHERE, result.value.units);
    if (outcome_equal(&attribution->before, &attribution->outcome))
        return;
    result.before = &attribution->before;
    result.revision = attribution_row_count_revision(waiting);
    row_history_mark(&attribution->conversions, position, result.revision);
    give(attribution, &result);
}

static void update_affected(struct attribution *attribution, const struct attribution_row *touch,
                            uint64_t position)
{
    const struct time_range *within = &attribution->rules.within;
    int64_t high = within->upper == INT64_MAX ? INT64_MAX : time_add(touch->time, within->upper);
    if (within->lower > within->upper)
        return;
    row_history_find(&attribution->conversions, &touch->key, time_add(touch->time, within->lower),
                     high, &attribution->found);
    outcome_load(&attribution->affected, &attribution->conversions, &attribution->found,
                 LOG_NOWHERE);
    for (size_t i = 0; i < attribution->affected.count; i++)
        update(attribution, attribution->affected.credited[i].position, position);
}

/* Of what a touch leads to only the key is looked at. */
static void hint_row(const struct row_history *touches, struct hint *hint)
{
    if (hint->hash != 0)
        hint->row = row_history_prefetch_row(touches, hint->hash, hint->is_conversion);
    hint->hash = 0;
}

static void hint_second(const struct row_history *touches, struct hint *hint)
{
    if (hint->is_conversion && hint->row != LOG_NOWHERE)
        row_history_prefetch_next(touches, hint->row);
    hint->row = LOG_NOWHERE;
}

void attribution_prefetch(struct attribution *attribution, uint64_t hash, bool is_conversion)
{
    const struct row_history *touches = &attribution->touches;
    unsigned now = attribution->next_hint++;
    struct hint *hint = &attribution->hints[now % HINTS];
    row_history_prefetch(touches, hash);
    hint_row(touches, &attribution->hints[(now + HINT_DELAY) % HINTS]);
    hint_second(touches, hint);
    *hint = (struct hint){hash, is_conversion, LOG_NOWHERE};
    attribution->hinting = true;
}

/* The first row of a batch is added: nothing will follow the hints of the last ones. */
static void end_hints(struct attribution *attribution)
{
    for (int i = 0; i < HINTS; i++) {
        hint_second(&attribution->touches, &attribution->hints[i]);
        hint_row(&attribution->touches, &attribution->hints[i]);
    }
    attribution->hinting = false;
}

void attribution_add_touch(struct attribution *attribution, const struct attribution_row *touch)
{
    uint64_t position;
    if (attribution->hinting)
        end_hints(attribution);
    attribution->counts.touches++;
    memory_bound_tend(attribution->touches.log.bound);
    if (!keyed(touch))
        return;
    position = row_history_add(&attribution->touches, touch, true);
    if (attribution->rules.emission == EMIT_UPDATE)
        update_affected(attribution, touch, position);
}

void attribution_add_conversion(struct attribution *attribution,
                                const struct attribution_row *conversion)
{
    bool updating = attribution->rules.emission == EMIT_UPDATE;
    struct attribution_row view = *conversion;
    struct attribution_result result;
    uint64_t position;
    if (attribution->hinting)
        end_hints(attribution);
    position = row_history_add(&attribution->conversions, conversion,
                               updating && keyed(conversion));
    attribution->recent[position % RECENT] = (struct recent_conversion){position, view.key.hash};
    attribution->counts.conversions++;
    attribution->open++;
    expiry_add(&attribution->expiry, conversion->time, position);
    if (!updating)
        return;
    find_touches(attribution, &view);
    result = result_of(attribution, conversion);
    decide(attribution, &attribution->outcome, LOG_NOWHERE, result.value.units);
    result.revision = attribution_row_count_revision(
        row_history_at(&attribution->conversions, position));
    give(attribution, &result);
}

/* --reuse no: the touches that got credit serve nobody else. */
static void use_up(struct attribution *attribution)
{
    struct row_history *touches = &attribution->touches;
    for (size_t i = 0; i < attribution->outcome.count; i++) {
        uint64_t position = attribution->outcome.credited[i].position;
        row_history_use_up(touches, position);
        row_history_mark(touches, position, ROW_GONE);
    }
}

static void finish(struct attribution *attribution, uint64_t position)
{
    struct waiting_row *waiting = row_history_at(&attribution->conversions, position);
    const struct recent_conversion *recent = &attribution->recent[position % RECENT];
    struct attribution_row conversion;
    struct attribution_result result;
    attribution_row_view(waiting, &conversion);
    if (recent->position == position)
        conversion.key.hash = recent->hash;
    find_touches(attribution, &conversion);
    result = result_of(attribution, &conversion);
    decide(attribution, &attribution->outcome, LOG_NOWHERE, result.value.units);
    result.final = true;
    result.revision = attribution_row_count_revision(waiting);
    attribution->open--;
    if (attribution->outcome.count > 0)
        attribution->counts.attributed++;
    else
        attribution->counts.unattributed++;
    give(attribution, &result);
    if (!attribution->rules.reuse)
        use_up(attribution);
}

static void finish_due(struct attribution *attribution)
{
    struct due_rows *due = &attribution->due;
    due_order_sort(&attribution->order, &attribution->conversions.log, due);
    for (size_t i = 0; i < due->count; i++)
        finish(attribution, due->rows[i].position);
    due->count = 0;
}

/* By few at a time: that all are due must not take memory for each. */
static void finish_all(struct attribution *attribution)
{
    int64_t cutoff;
    while ((cutoff = expiry_next_cutoff(&attribution->expiry)) != INT64_MAX) {
        expiry_take(&attribution->expiry, cutoff, &attribution->due);
        finish_due(attribution);
        memory_bound_fit(attribution->touches.log.bound);
    }
    expiry_take_all(&attribution->expiry, &attribution->due);
    finish_due(attribution);
}

void attribution_advance(struct attribution *attribution, int64_t watermark)
{
    int64_t upper = attribution->rules.within.upper;
    if (watermark == WATERMARK_END) {
        finish_all(attribution);
    } else {
        expiry_take(&attribution->expiry, watermark, &attribution->due);
        finish_due(attribution);
    }
    row_history_advance(&attribution->conversions, watermark);
    if (upper != INT64_MAX)
        row_history_advance(&attribution->touches, time_subtract(watermark, upper));
}

void attribution_count_events(const struct attribution *attribution,
                              struct attribution_counts *counts)
{
    const struct attribution_counts *own = &attribution->counts;
    counts->touches += own->touches;
    counts->conversions += own->conversions;
    counts->emitted += own->emitted;
    counts->updated += own->updated;
    counts->attributed += own->attributed;
    counts->unattributed += own->unattributed;
}

void attribution_count(const struct attribution *attribution, struct attribution_counts *counts)
{
    attribution_count_events(attribution, counts);
    counts->held_touches += row_history_count(&attribution->touches);
    counts->held_conversions += attribution->open;
    counts->bytes += row_history_bytes(&attribution->touches) +
                     row_history_bytes(&attribution->conversions) +
                     expiry_bytes(&attribution->expiry);
}

uint64_t attribution_open(const struct attribution *attribution)
{
    return attribution->open;
}

void attribution_bind(struct attribution *attribution, struct memory_bound *bound)
{
    row_history_bind(&attribution->touches, bound);
    row_history_bind(&attribution->conversions, bound);
}

void attribution_journal(struct attribution *attribution, uint32_t partition,
                         struct log_marks *touches, struct log_marks *conversions)
{
    attribution->touches.marks = touches;
    attribution->conversions.marks = conversions;
    attribution->touches.partition = attribution->conversions.partition = partition;
}

struct row_history *attribution_touches(struct attribution *attribution)
{
    return &attribution->touches;
}

struct row_history *attribution_conversions(struct attribution *attribution)
{
    return &attribution->conversions;
}

bool attribution_restore_touch(struct attribution *attribution, const struct attribution_row *row,
                               uint64_t position)
{
    struct waiting_row *waiting;
    return row_history_restore(&attribution->touches, row, position, true, &waiting);
}

/* With updates a conversion comes out as soon as it is there. */
bool attribution_restore_conversion(struct attribution *attribution,
                                    const struct attribution_row *row, uint64_t position)
{
    bool updating = attribution->rules.emission == EMIT_UPDATE;
    struct waiting_row *waiting;
    if (!row_history_restore(&attribution->conversions, row, position, updating && keyed(row),
                             &waiting))
        return false;
    if (waiting == NULL)
        return true;
    attribution_row_set_revision(waiting, updating);
    expiry_add(&attribution->expiry, row->time, position);
    attribution->open++;
    return true;
}

bool attribution_restore_touch_mark(struct attribution *attribution, const struct log_mark *mark)
{
    struct waiting_row *waiting;
    if (!row_history_marked(&attribution->touches, mark, &waiting) || mark->value != ROW_GONE)
        return false;
    if (waiting != NULL)
        row_history_use_up(&attribution->touches, mark->position);
    return true;
}

bool attribution_restore_conversion_mark(struct attribution *attribution,
                                         const struct log_mark *mark)
{
    struct waiting_row *waiting;
    if (!row_history_marked(&attribution->conversions, mark, &waiting))
        return false;
    if (waiting != NULL)
        attribution_row_set_revision(waiting, mark->value);
    return true;
}

void attribution_restore_counts(struct attribution *attribution,
                                const struct attribution_counts *counts)
{
    attribution->counts = *counts;
}
