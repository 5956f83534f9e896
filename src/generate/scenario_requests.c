#include "generate/scenario_requests.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"
#include "generate/literal_text.h"
#include "generate/random_source.h"
#include "generate/time_text.h"
#include "generate/uuid_text.h"
#include "generate/window_text.h"
#include "generate/zipf.h"
#include "time/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PIECE_SIZE = 128,
    DRAWS = 4,
    PLACES = 8,
    DEVICES = 6,
    MINIMAL_CENTS = 10,
    MAXIMAL_CENTS = 999,
    DEFAULT_USERS = 1000,
    DEFAULT_CAMPAIGNS = 10,
    /* The seed's own user789 and camp456 are the first. */
    FIRST_USER = 789,
    FIRST_CAMPAIGN = 456,
    RECORD_SIZE = 1024
};

static const char *const heeded[] = {"users", "campaigns", "zipf", "ack-delay", NULL};

static const struct {
    const char *country;
    const char *city;
} places[PLACES] = {{"US", "San Francisco"},    {"US", "New York"},  {"GB", "London"},
                    {"DE", "Berlin"},           {"IN", "Bengaluru"}, {"JP", "Tokyo"},
                    {"BR", "S\303\243o Paulo"}, {"AU", "Sydney"}};

static const struct {
    const char *os;
    const char *model;
} devices[DEVICES] = {{"iOS", "iPhone 13"},      {"iOS", "iPhone 15"},   {"iOS", "iPad Air"},
                      {"Android", "Galaxy S23"}, {"Android", "Pixel 8"}, {"Android", "Moto G"}};

struct requests_piece {
    char text[PIECE_SIZE];
    size_t length;
};

struct requests_state {
    struct random_source *payloads; /* of each producer */
    struct producer_tail *tails;
    struct zipf user_ranks;
    uint64_t campaigns;
    struct requests_piece contexts[PLACES * DEVICES]; /* ","geo":{...}},"device":{...}} */
    struct window_text batches[2]; /* ","batchId":"UUID_N", and what follows: acks, requests */
    struct time_text times;
    int64_t delivery_second; /* of `delivery`, ns */
    struct requests_piece delivery;
};

static void init_contexts(struct requests_state *state)
{
    for (size_t i = 0; i < PLACES * DEVICES; i++) {
        struct requests_piece *context = &state->contexts[i];
        context->length = (size_t)snprintf(context->text, PIECE_SIZE,
                                           "\",\"geo\":{\"country\":\"%s\",\"city\":\"%s\"}},"
                                           "\"device\":{\"os\":\"%s\",\"model\":\"%s\"}}",
                                           places[i / DEVICES].country, places[i / DEVICES].city,
                                           devices[i % DEVICES].os, devices[i % DEVICES].model);
    }
}

/* One run is one series of batches: its UUID and the number of the 10 s window they belong to. */
static void init_batches(struct requests_state *state, const struct scenario_plan *plan)
{
    struct random_source catalog;
    char before[PIECE_SIZE] = "\",\"batchId\":\"";
    random_source_init(&catalog, plan->seed, RANDOM_CATALOG, 0);
    char *end = uuid_text_put(before + strlen(before), random_at(&catalog, 0),
                              random_at(&catalog, 1));
    memcpy(end, "_", 2);
    window_text_init(&state->batches[0], plan->base, before,
                     "\",\"status\":\"delivered\",\"delivery_time\":\"");
    window_text_init(&state->batches[1], plan->base, before, "\",\"campaign_id\":\"camp");
}

/* The second in which an acknowledgement was made, RFC 3339. */
static void enter_delivery(struct requests_state *state, int64_t time)
{
    struct requests_piece *delivery = &state->delivery;
    int64_t part = time % NS_PER_SECOND;
    state->delivery_second = time - part - (part < 0 ? NS_PER_SECOND : 0);
    delivery->length = timestamp_format(state->delivery_second, delivery->text);
    memcpy(delivery->text + delivery->length, "\"}", 2);
    delivery->length += 2;
}

static void *requests_open(const struct scenario_plan *plan, struct error_text *error)
{
    const struct scenario_settings *settings = &plan->settings;
    uint64_t users = settings->users == UINT64_MAX ? DEFAULT_USERS : settings->users;
    double skew = settings->zipf < 0 ? 0 : settings->zipf;
    if (users == 0 || users > ZIPF_MAXIMAL_COUNT || settings->campaigns == 0) {
        refuse(error, "--users must be 1 to 16777216, --campaigns at least 1");
        return NULL;
    }
    struct requests_state *state = allocate_zeroed(1, sizeof *state);
    state->payloads = random_payloads_new(plan->seed, plan->producers);
    state->tails = producer_tails_new(plan);
    state->campaigns = settings->campaigns == UINT64_MAX ? DEFAULT_CAMPAIGNS : settings->campaigns;
    enter_delivery(state, plan->base);
    zipf_init(&state->user_ranks, users, skew);
    time_text_init(&state->times);
    init_contexts(state);
    init_batches(state, plan);
    return state;
}

static void requests_close(void *opaque)
{
    struct requests_state *state = opaque;
    zipf_free(&state->user_ranks);
    free(state->payloads);
    free(state->tails);
    free(state);
}

static char *put_head(struct requests_state *state, const struct record *record, char *out,
                      const char *uuid)
{
    bool request = record->side == SIDE_REQUEST;
    char type = request ? '2' : '1';
    struct window_text *batch = &state->batches[request];
    out = LITERAL_PUT(out, "{\"key\":\"");
    memcpy(out, uuid, UUID_LENGTH);
    out = LITERAL_PUT(out + UUID_LENGTH, "\",\"type\":");
    *out++ = type;
    out = LITERAL_PUT(out, ",\"timestamp\":");
    out = time_text_put_ms(&state->times, out, record->event_time);
    out = LITERAL_PUT(out, ",\"event_time_ns\":");
    out = time_text_put_ns(&state->times, out, record->event_time);
    out = LITERAL_PUT(out, ",\"headers\":{\"record_type\":\"");
    *out++ = type;
    out = LITERAL_PUT(out, "\"},\"value\":{\"ad_id\":\"");
    memcpy(out, uuid, UUID_LENGTH);
    window_text_enter(batch, record->origin);
    memcpy(out + UUID_LENGTH, batch->text, sizeof batch->text);
    return out + UUID_LENGTH + batch->length;
}

static char *put_request(const struct requests_state *state, char *out, uint64_t user_bits,
                         uint64_t choice)
{
    const struct requests_piece *context =
        &state->contexts[random_below(choice << 16, PLACES * DEVICES)];
    uint64_t cents = MINIMAL_CENTS + random_below(choice << 32, MAXIMAL_CENTS - MINIMAL_CENTS + 1);
    const char *digits = state->times.thousand[cents];
    out = digits_put(out, FIRST_CAMPAIGN + random_below(choice, state->campaigns));
    out = LITERAL_PUT(out, "\",\"bid\":");
    *out++ = digits[0];
    *out++ = '.';
    memcpy(out, digits + 1, 2);
    out = LITERAL_PUT(out + 2, ",\"user\":{\"user_id\":\"user");
    out = digits_put(out, FIRST_USER + zipf_rank(&state->user_ranks, user_bits));
    memcpy(out, context->text, sizeof context->text);
    return out + context->length;
}

static char *put_delivery(struct requests_state *state, char *out, int64_t time)
{
    if ((uint64_t)time - (uint64_t)state->delivery_second >= (uint64_t)NS_PER_SECOND)
        enter_delivery(state, time);
    memcpy(out, state->delivery.text, TIMESTAMP_TEXT_SIZE);
    return out + state->delivery.length;
}

static char *requests_key(void *opaque, const struct record *record, char *out)
{
    const struct requests_state *state = opaque;
    const struct random_source *random = &state->payloads[record->producer];
    uint64_t draw = record->number * DRAWS;
    return uuid_text_put(out, random_at(random, draw), random_at(random, draw + 1));
}

static char *requests_write(void *opaque, const struct record *record, char *out)
{
    struct requests_state *state = opaque;
    const struct random_source *random = &state->payloads[record->producer];
    const struct producer_tail *tail = &state->tails[record->producer];
    char uuid[KEY_SIZE];
    requests_key(state, record, uuid);
    out = put_head(state, record, out, uuid);
    if (record->side == SIDE_REQUEST)
        out = put_request(state, out, random_at(random, record->number * DRAWS + 2),
                          random_at(random, record->number * DRAWS + 3));
    else
        out = put_delivery(state, out, record->event_time);
    memcpy(out, tail->text, sizeof tail->text);
    return out + tail->length;
}

static const char *requests_headers(const struct record *record)
{
    return record->side == SIDE_REQUEST ? "[\"record_type\",\"2\"]" : "[\"record_type\",\"1\"]";
}

const struct scenario scenario_requests = {
    .name = "requests",
    .summary = "ad requests and their acknowledgements",
    .options = heeded,
    .paired = true,
    .record_size = RECORD_SIZE,
    .open = requests_open,
    .close = requests_close,
    .write = requests_write,
    .key = requests_key,
    .headers = requests_headers,
};
