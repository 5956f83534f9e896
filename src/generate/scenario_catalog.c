#include "generate/scenario_catalog.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"
#include "generate/literal_text.h"
#include "generate/random_source.h"
#include "generate/time_text.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS = 4, RECORD_SIZE = 512, FIRST_AGE = 18, AGES = 60, HIGHEST_PRICE = 20000 };

static const char *const user_options[] = {"users", NULL};
static const char *const product_options[] = {NULL};
static const char *const categories[] = {"Books",  "Electronics", "Fashion", "Garden", "Groceries",
                                         "Health", "Home",        "Music",   "Sports", "Toys"};
enum { CATEGORIES = sizeof categories / sizeof *categories };

/* A record depends on the seed and its number alone, which is the id: producers divide them. */
struct catalog_state {
    struct random_source random;
    struct producer_tail *tails;
    uint64_t producers;
};

static void catalog_close(void *opaque)
{
    struct catalog_state *state = opaque;
    free(state->tails);
    free(state);
}

static void *catalog_open(const struct scenario_plan *plan, struct error_text *error)
{
    struct catalog_state *state = allocate_zeroed(1, sizeof *state);
    (void)error;
    random_source_init(&state->random, plan->seed, RANDOM_CATALOG, 0);
    state->tails = producer_tails_new(plan);
    state->producers = plan->producers;
    return state;
}

static uint64_t index_of(const struct catalog_state *state, const struct record *record)
{
    return record->number * state->producers + record->producer;
}

static uint64_t draw(const struct catalog_state *state, const struct record *record, unsigned which)
{
    return random_at(&state->random, index_of(state, record) * DRAWS + which);
}

static char *put_tail(const struct catalog_state *state, const struct record *record, char *out)
{
    const struct producer_tail *tail = &state->tails[record->producer];
    out = LITERAL_PUT(out, ",\"event_time_ns\":");
    out = time_text_put_slow(out, record->event_time);
    memcpy(out, tail->text, sizeof tail->text);
    return out + tail->length;
}

static char *users_write(void *opaque, const struct record *record, char *out)
{
    const struct catalog_state *state = opaque;
    out = LITERAL_PUT(out, "{\"user_id\":");
    out = digits_put(out, index_of(state, record) + 1);
    out = LITERAL_PUT(out, ",\"user_name\":\"User ");
    out = digits_put(out, index_of(state, record) + 1);
    if (draw(state, record, 0) >> 63)
        out = LITERAL_PUT(out, "\",\"gender\":\"female\",\"age\":");
    else
        out = LITERAL_PUT(out, "\",\"gender\":\"male\",\"age\":");
    out = digits_put(out, FIRST_AGE + random_below(draw(state, record, 1), AGES));
    return put_tail(state, record, out);
}

/* Cents, always with both digits. */
static char *put_cents(char *out, uint64_t cents)
{
    out = digits_put(out, cents / 100);
    *out++ = '.';
    *out++ = (char)('0' + cents / 10 % 10);
    *out++ = (char)('0' + cents % 10);
    return out;
}

static char *products_write(void *opaque, const struct record *record, char *out)
{
    const struct catalog_state *state = opaque;
    const char *category = categories[random_below(draw(state, record, 0), CATEGORIES)];
    out = LITERAL_PUT(out, "{\"product_id\":");
    out = digits_put(out, index_of(state, record) + 1);
    out = LITERAL_PUT(out, ",\"product_name\":\"Product ");
    out = digits_put(out, index_of(state, record) + 1);
    out = LITERAL_PUT(out, "\",\"category\":\"");
    memcpy(out, category, strlen(category));
    out = LITERAL_PUT(out + strlen(category), "\",\"price\":");
    out = put_cents(out, 100 + random_below(draw(state, record, 1), HIGHEST_PRICE));
    out = LITERAL_PUT(out, ",\"commission_rate\":");
    out = put_cents(out, 5 + 5 * random_below(draw(state, record, 2), 4));
    return put_tail(state, record, out);
}

static char *catalog_key(void *opaque, const struct record *record, char *out)
{
    return digits_put(out, index_of(opaque, record) + 1);
}

static const char *catalog_headers(const struct record *record)
{
    (void)record;
    return NULL;
}

const struct scenario scenario_users = {
    .name = "users",
    .summary = "the users of shop, a lookup table",
    .options = user_options,
    .table_rows = CATALOG_USERS,
    .record_size = RECORD_SIZE,
    .open = catalog_open,
    .close = catalog_close,
    .write = users_write,
    .key = catalog_key,
    .headers = catalog_headers,
};

const struct scenario scenario_products = {
    .name = "products",
    .summary = "the products of shop, a lookup table",
    .options = product_options,
    .table_rows = CATALOG_PRODUCTS,
    .record_size = RECORD_SIZE,
    .open = catalog_open,
    .close = catalog_close,
    .write = products_write,
    .key = catalog_key,
    .headers = catalog_headers,
};
