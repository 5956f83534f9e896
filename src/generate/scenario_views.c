#include "generate/scenario_views.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"
#include "generate/literal_text.h"
#include "generate/random_source.h"
#include "generate/second_text.h"
#include "generate/time_text.h"
#include "generate/zipf.h"

#include <stdlib.h>
#include <string.h>

enum { DRAWS = 4, DEFAULT_USERS = 1000, DEFAULT_CAMPAIGNS = 10, RECORD_SIZE = 512, PAGES = 100 };
enum { KIND_CLICK, KIND_VIEW, KINDS };

static const char *const kinds[] = {"ad_clicks", "page_views", NULL};
static const char *const heeded[] = {"users", "campaigns", "zipf", NULL};

struct views_state {
    struct random_source *payloads; /* of each producer */
    struct producer_tail *tails;
    uint64_t producers;
    uint64_t campaigns;
    struct zipf users;
    struct second_text seconds;
    struct time_text times;
};

static void views_close(void *opaque)
{
    struct views_state *state = opaque;
    zipf_free(&state->users);
    free(state->payloads);
    free(state->tails);
    free(state);
}

static void *views_open(const struct scenario_plan *plan, struct error_text *error)
{
    const struct scenario_settings *settings = &plan->settings;
    uint64_t users = settings->users == UINT64_MAX ? DEFAULT_USERS : settings->users;
    uint64_t campaigns = settings->campaigns == UINT64_MAX ? DEFAULT_CAMPAIGNS
                                                           : settings->campaigns;
    struct views_state *state;
    if (users == 0 || users > ZIPF_MAXIMAL_COUNT) {
        refuse(error, "--users must be 1 to 16777216");
        return NULL;
    }
    if (campaigns == 0) {
        refuse(error, "--campaigns must be above 0");
        return NULL;
    }
    state = allocate_zeroed(1, sizeof *state);
    state->payloads = random_payloads_new(plan->seed, plan->producers);
    state->tails = producer_tails_new(plan);
    state->producers = plan->producers;
    state->campaigns = campaigns;
    zipf_init(&state->users, users, settings->zipf < 0 ? 0 : settings->zipf);
    time_text_init(&state->times);
    return state;
}

static uint64_t user_of(const struct views_state *state, const struct record *record)
{
    return zipf_rank(&state->users,
                     random_at(&state->payloads[record->producer], record->number * DRAWS)) +
           1;
}

static uint64_t kind_of(const struct views_state *state, const struct record *record)
{
    uint64_t bits = random_at(&state->payloads[record->producer], record->number * DRAWS + 1);
    return record->variant == VARIANT_RANDOM ? random_below(bits, KINDS) : record->variant;
}

/* Unique over all producers. */
static char *put_number(const struct views_state *state, const struct record *record, char *out)
{
    return digits_put(out, record->number * state->producers + record->producer + 1);
}

static char *put_what(const struct views_state *state, const struct record *record, char *out)
{
    uint64_t bits = random_at(&state->payloads[record->producer], record->number * DRAWS + 2);
    if (kind_of(state, record) == KIND_CLICK) {
        out = LITERAL_PUT(out, "\",\"campaign_id\":\"campaign_");
        out = digits_put(out, random_below(bits, state->campaigns) + 1);
        out = LITERAL_PUT(out, "\",\"click_id\":\"click_");
    } else {
        out = LITERAL_PUT(out, "\",\"url\":\"https://example.com/");
        out = digits_put(out, random_below(bits, PAGES) + 1);
        out = LITERAL_PUT(out, "\",\"event_id\":\"pv_");
    }
    out = put_number(state, record, out);
    *out++ = '"';
    return out;
}

static char *views_write(void *opaque, const struct record *record, char *out)
{
    struct views_state *state = opaque;
    const struct producer_tail *tail = &state->tails[record->producer];
    uint64_t user = user_of(state, record);
    if (kind_of(state, record) == KIND_CLICK)
        out = LITERAL_PUT(out, "{\"stream\":\"ad_clicks\",\"partition\":");
    else
        out = LITERAL_PUT(out, "{\"stream\":\"page_views\",\"partition\":");
    *out++ = (char)('0' + user % VIEWS_PARTITIONS);
    out = LITERAL_PUT(out, ",\"user_id\":\"user_");
    out = digits_put(out, user);
    out = LITERAL_PUT(out, "\",\"event_time\":\"");
    out = second_text_put(&state->seconds, out, record->event_time);
    out = put_what(state, record, out);
    out = LITERAL_PUT(out, ",\"event_time_ns\":");
    out = time_text_put_ns(&state->times, out, record->event_time);
    memcpy(out, tail->text, sizeof tail->text);
    return out + tail->length;
}

static char *views_key(void *opaque, const struct record *record, char *out)
{
    out = LITERAL_PUT(out, "user_");
    return digits_put(out, user_of(opaque, record));
}

static const char *views_headers(const struct record *record)
{
    (void)record;
    return NULL;
}

const struct scenario scenario_views = {
    .name = "views",
    .summary = "ad clicks and page views of users, in partitions",
    .options = heeded,
    .kinds = kinds,
    .record_size = RECORD_SIZE,
    .open = views_open,
    .close = views_close,
    .write = views_write,
    .key = views_key,
    .headers = views_headers,
};
