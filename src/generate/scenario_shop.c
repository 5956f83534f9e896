#include "generate/scenario_shop.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"
#include "generate/literal_text.h"
#include "generate/random_source.h"
#include "generate/scenario_catalog.h"
#include "generate/second_text.h"
#include "generate/time_text.h"
#include "generate/zipf.h"

#include <stdlib.h>
#include <string.h>

/* Draws of a record. */
enum draw {
    DRAW_USER,
    DRAW_KIND,
    DRAW_SOURCE,
    DRAW_PLACE,
    DRAW_PAST,
    DRAW_PRODUCT,
    DRAW_COST,
    DRAW_DISCOUNT,
    DRAW_QUANTITY,
    DRAW_METHOD,
    DRAW_STATUS,
    DRAW_REASON,
    DRAWS
};
enum { KIND_CLICK, KIND_PURCHASE };
enum { RECORD_SIZE = 768, CLICKS_PER_NINE = 7, FAILED_PERCENT = 14, LARGEST_QUANTITY = 10 };

static const char *const kinds[] = {"clicks", "purchases", NULL};
static const char *const heeded[] = {"users", "zipf", NULL};
/* Each slot is as likely as the others. */
static const char *const sources[] = {"Unknown",  "Unknown",  "Unknown", "Unknown", "Unknown",
                                      "Facebook", "Facebook", "Tiktok",  "Tiktok",  "Google",
                                      "Google",   "Twitter",  "Gmail",   "Youtube"};
static const char *const methods[] = {"Credit card", "Debit card", "Paypal",    "Bank transfer",
                                      "Gift card",   "Cash",       "Mobile pay"};
static const char *const reasons[] = {"Insufficient funds", "Card expired",   "Card declined",
                                      "Network error",      "Wrong password", "Limit exceeded"};
static const char *const discounts[] = {"0", "0.05", "0.10", "0.15"};

struct shop_state {
    struct random_source *payloads; /* of each producer */
    struct producer_tail *tails;
    uint64_t producers;
    struct zipf users;
    struct second_text seconds;
    struct time_text times;
};

static void shop_close(void *opaque)
{
    struct shop_state *state = opaque;
    zipf_free(&state->users);
    free(state->payloads);
    free(state->tails);
    free(state);
}

static void *shop_open(const struct scenario_plan *plan, struct error_text *error)
{
    const struct scenario_settings *settings = &plan->settings;
    uint64_t users = settings->users == UINT64_MAX ? CATALOG_USERS : settings->users;
    struct shop_state *state;
    if (users == 0 || users > ZIPF_MAXIMAL_COUNT) {
        refuse(error, "--users must be 1 to 16777216");
        return NULL;
    }
    state = allocate_zeroed(1, sizeof *state);
    state->payloads = random_payloads_new(plan->seed, plan->producers);
    state->tails = producer_tails_new(plan);
    state->producers = plan->producers;
    zipf_init(&state->users, users, settings->zipf < 0 ? 0 : settings->zipf);
    time_text_init(&state->times);
    return state;
}

static uint64_t draw(const struct shop_state *state, const struct record *record, uint64_t number,
                     enum draw which)
{
    return random_at(&state->payloads[record->producer], number * DRAWS + which);
}

static bool is_purchase(const struct shop_state *state, const struct record *record,
                        uint64_t number)
{
    if (number == record->number && record->variant != VARIANT_RANDOM)
        return record->variant == KIND_PURCHASE;
    return random_below(draw(state, record, number, DRAW_KIND), 9) >= CLICKS_PER_NINE;
}

/* A purchase is of the user of a click before, any of them. Which of the records before were clicks
   is told by their draws, unless --share weighs the kinds. */
static uint64_t user_of(const struct shop_state *state, const struct record *record)
{
    uint64_t number = record->number;
    if (number > 0 && is_purchase(state, record, number)) {
        uint64_t bits = draw(state, record, number, DRAW_PAST);
        struct random_source tries = {bits};
        number = random_below(bits, record->number);
        for (uint64_t i = 0; i < 64 && is_purchase(state, record, number); i++)
            number = random_below(random_at(&tries, i), record->number);
    }
    return zipf_rank(&state->users, draw(state, record, number, DRAW_USER)) + 1;
}

static char *put_text(char *out, const char *text)
{
    size_t length = strlen(text);
    memcpy(out, text, length);
    return out + length;
}

static char *put_number(const struct shop_state *state, const struct record *record, char *out)
{
    return digits_put(out, record->number * state->producers + record->producer + 1);
}

static char *put_address(char *out, uint64_t bits)
{
    for (unsigned i = 0; i < 4; i++, bits >>= 8) {
        out = digits_put(out, bits & 0xff);
        *out++ = '.';
    }
    return out - 1;
}

static char *put_click(struct shop_state *state, const struct record *record, char *out)
{
    uint64_t number = record->number;
    uint64_t place = draw(state, record, number, DRAW_PLACE);
    out = LITERAL_PUT(out, "{\"stream\":\"clicks\",\"click_id\":");
    out = put_number(state, record, out);
    out = LITERAL_PUT(out, ",\"user_id\":");
    out = digits_put(out, user_of(state, record));
    out = LITERAL_PUT(out, ",\"click_time\":\"");
    out = second_text_put(&state->seconds, out, record->event_time);
    out = put_text(out, place >> 63 ? "\",\"click_at\":\"Homepage" : "\",\"click_at\":\"Product");
    out = LITERAL_PUT(out, "\",\"source\":\"");
    out = put_text(out, sources[random_below(draw(state, record, number, DRAW_SOURCE),
                                             sizeof sources / sizeof *sources)]);
    out = LITERAL_PUT(out, "\",\"ip\":\"");
    out = put_address(out, place);
    *out++ = '"';
    return out;
}

/* Failed ones have a reason. */
static char *put_status(const struct shop_state *state, const struct record *record, char *out)
{
    uint64_t number = record->number;
    uint64_t reason = random_below(draw(state, record, number, DRAW_REASON),
                                   sizeof reasons / sizeof *reasons);
    if (random_below(draw(state, record, number, DRAW_STATUS), 100) >= FAILED_PERCENT)
        return LITERAL_PUT(out, "\",\"payment_status\":\"success\",\"description\":\"none\"");
    out = LITERAL_PUT(out, "\",\"payment_status\":\"failed\",\"description\":\"");
    out = put_text(out, reasons[reason]);
    *out++ = '"';
    return out;
}

static char *put_purchase(struct shop_state *state, const struct record *record, char *out)
{
    uint64_t number = record->number;
    out = LITERAL_PUT(out, "{\"stream\":\"purchases\",\"purchase_id\":");
    out = put_number(state, record, out);
    out = LITERAL_PUT(out, ",\"user_id\":");
    out = digits_put(out, user_of(state, record));
    out = LITERAL_PUT(out, ",\"product_id\":");
    out = digits_put(out,
                     random_below(draw(state, record, number, DRAW_PRODUCT), CATALOG_PRODUCTS) + 1);
    out = LITERAL_PUT(out, ",\"quantity\":");
    out = digits_put(
        out, random_below(draw(state, record, number, DRAW_QUANTITY), LARGEST_QUANTITY) + 1);
    out = LITERAL_PUT(out, ",\"discount\":");
    out = put_text(out, discounts[draw(state, record, number, DRAW_DISCOUNT) >> 62]);
    out = LITERAL_PUT(out, ",\"shipping_cost\":");
    out = digits_put(out, random_below(draw(state, record, number, DRAW_COST), 19) + 2);
    out = LITERAL_PUT(out, ",\"purchase_time\":\"");
    out = second_text_put(&state->seconds, out, record->event_time);
    out = LITERAL_PUT(out, "\",\"payment_method\":\"");
    out = put_text(out, methods[random_below(draw(state, record, number, DRAW_METHOD),
                                             sizeof methods / sizeof *methods)]);
    return put_status(state, record, out);
}

static char *shop_write(void *opaque, const struct record *record, char *out)
{
    struct shop_state *state = opaque;
    const struct producer_tail *tail = &state->tails[record->producer];
    out = is_purchase(state, record, record->number) ? put_purchase(state, record, out)
                                                     : put_click(state, record, out);
    out = LITERAL_PUT(out, ",\"event_time_ns\":");
    out = time_text_put_ns(&state->times, out, record->event_time);
    memcpy(out, tail->text, sizeof tail->text);
    return out + tail->length;
}

static char *shop_key(void *opaque, const struct record *record, char *out)
{
    return digits_put(out, user_of(opaque, record));
}

static const char *shop_headers(const struct record *record)
{
    (void)record;
    return NULL;
}

const struct scenario scenario_shop = {
    .name = "shop",
    .summary = "clicks and purchases of a shop",
    .options = heeded,
    .kinds = kinds,
    .record_size = RECORD_SIZE,
    .open = shop_open,
    .close = shop_close,
    .write = shop_write,
    .key = shop_key,
    .headers = shop_headers,
};
