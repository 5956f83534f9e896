#include "generate/scenario_ads.h"

#include "cli/diagnostics.h"
#include "generate/literal_text.h"
#include "generate/random_source.h"
#include "generate/time_text.h"
#include "generate/uuid_text.h"
#include "generate/window_text.h"
#include "generate/zipf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAXIMAL_TYPES = 32,
    MAXIMAL_TYPE_LENGTH = 20,
    EVENT_TYPES = 3,
    PIECE_SIZE = 48,
    TYPE_PIECE_SIZE = 64,
    DRAWS = 8,
    DEFAULT_ADS = 1000,
    DEFAULT_CAMPAIGNS = 10,
    RECORD_SIZE = 768
};

static const char DISPLAY_TYPES[] = "banner,video,popup,native,sponsored,interstitial,rewarded";
static const char SOCIAL_TYPES[] = "image,video,carousel,text,story,shopping,collection";
static const char *const event_types[] = {"view", "click", "purchase", NULL};
static const char *const heeded[] = {"users", "ads", "campaigns", "zipf", "ad-types", NULL};

static const char AD_TYPE_MEMBER[] = "\",\"ad_type\":\"";

/* Text that is copied whole, in one go of constant size, whatever its length. */
struct ads_piece {
    char text[PIECE_SIZE];
    size_t length;
};

struct ads_state {
    struct random_source *payloads; /* of each producer */
    struct random_source catalog;
    struct producer_tail *tails;
    struct ads_entry {
        char id[UUID_LENGTH + sizeof AD_TYPE_MEMBER - 1]; /* UUID, then the member */
        struct ads_piece campaign;                        /* ","campaign_id":N,"produce_time": */
    } * ads;
    struct ads_types {
        char text[TYPE_PIECE_SIZE]; /* TYPE","event_type":"EVENT","event_time_ns": */
        size_t length;
    } types[MAXIMAL_TYPES][EVENT_TYPES];
    size_t type_count;
    char octets[256][4]; /* "0." ... "255." */
    uint8_t octet_lengths[256];
    bool fresh_users;
    struct zipf user_ranks;
    struct zipf ad_ranks;
    struct window_text window; /* ,"window_id":N,"ip_address":" */
    struct time_text times;
};

static bool type_allowed(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == '"' || text[i] == '\\' || text[i] & 0x80)
            return false;
    return length > 0 && length <= MAXIMAL_TYPE_LENGTH;
}

static bool init_types(struct ads_state *state, const char *list, struct error_text *error)
{
    if (list == NULL || strcmp(list, "display") == 0)
        list = DISPLAY_TYPES;
    else if (strcmp(list, "social") == 0)
        list = SOCIAL_TYPES;
    for (const char *item = list; item != NULL; state->type_count++) {
        size_t length = strcspn(item, ",");
        if (!type_allowed(item, length) || state->type_count == MAXIMAL_TYPES)
            return refuse(error, "--ad-types: '%s' is not display, social or up to %d plain names",
                          list, MAXIMAL_TYPES);
        for (size_t i = 0; i < EVENT_TYPES; i++) {
            struct ads_types *types = &state->types[state->type_count][i];
            types->length = (size_t)snprintf(types->text, sizeof types->text,
                                             "%.*s\",\"event_type\":\"%s\",\"event_time_ns\":",
                                             (int)length, item, event_types[i]);
        }
        item = item[length] == ',' ? item + length + 1 : NULL;
    }
    return true;
}

static void init_ads(struct ads_state *state, uint64_t ads, uint64_t campaigns)
{
    state->ads = allocate(ads * sizeof *state->ads);
    for (uint64_t i = 0; i < ads; i++) {
        struct ads_entry *ad = &state->ads[i];
        char *end = uuid_text_put(ad->id, random_at(&state->catalog, 2 * i),
                                  random_at(&state->catalog, 2 * i + 1));
        memcpy(end, AD_TYPE_MEMBER, sizeof ad->id - UUID_LENGTH);
        ad->campaign.length = (size_t)snprintf(
            ad->campaign.text, PIECE_SIZE,
            "\",\"campaign_id\":%" PRIu64 ",\"produce_time\":", i % campaigns + 1);
    }
}

static void init_octets(struct ads_state *state)
{
    for (unsigned i = 0; i < 256; i++) {
        char text[8];
        state->octet_lengths[i] = (uint8_t)snprintf(text, sizeof text, "%u.", i);
        memcpy(state->octets[i], text, 4);
    }
}

static bool settings_sensible(const struct scenario_settings *settings, uint64_t ads,
                              uint64_t campaigns, struct error_text *error)
{
    if (ads == 0 || ads > ZIPF_MAXIMAL_COUNT)
        return refuse(error, "--ads must be 1 to 16777216");
    if (campaigns == 0 || campaigns > ads)
        return refuse(error, "--campaigns must be 1 to the number of ads");
    if (settings->users != UINT64_MAX && settings->zipf > 0 && settings->users > ZIPF_MAXIMAL_COUNT)
        return refuse(error, "--users must be at most 16777216 with --zipf");
    return true;
}

static void ads_close(void *opaque)
{
    struct ads_state *state = opaque;
    zipf_free(&state->user_ranks);
    zipf_free(&state->ad_ranks);
    free(state->payloads);
    free(state->tails);
    free(state->ads);
    free(state);
}

static void *ads_open(const struct scenario_plan *plan, struct error_text *error)
{
    const struct scenario_settings *settings = &plan->settings;
    uint64_t ads = settings->ads == UINT64_MAX ? DEFAULT_ADS : settings->ads;
    uint64_t campaigns = settings->campaigns == UINT64_MAX ? DEFAULT_CAMPAIGNS
                                                           : settings->campaigns;
    struct ads_state *state = allocate_zeroed(1, sizeof *state);
    state->fresh_users = settings->users == UINT64_MAX || settings->users == 0;
    if (!settings_sensible(settings, ads, campaigns, error) ||
        !init_types(state, settings->ad_types, error)) {
        free(state);
        return NULL;
    }
    double skew = settings->zipf < 0 ? 0 : settings->zipf;
    state->payloads = random_payloads_new(plan->seed, plan->producers);
    random_source_init(&state->catalog, plan->seed, RANDOM_CATALOG, 0);
    state->tails = producer_tails_new(plan);
    init_ads(state, ads, campaigns);
    init_octets(state);
    zipf_init(&state->ad_ranks, ads, skew);
    zipf_init(&state->user_ranks, state->fresh_users ? 1 : settings->users, skew);
    time_text_init(&state->times);
    window_text_init(&state->window, plan->base, ",\"window_id\":", ",\"ip_address\":\"");
    return state;
}

static char *put_user(const struct ads_state *state, char *out, uint64_t high, uint64_t low)
{
    if (state->fresh_users)
        return uuid_text_put(out, high, low);
    /* Users have their own place in the catalogue, far behind the ads. */
    uint64_t place = (UINT64_C(1) << 40) + 2 * zipf_rank(&state->user_ranks, high);
    return uuid_text_put(out, random_at(&state->catalog, place),
                         random_at(&state->catalog, place + 1));
}

static char *put_address(const struct ads_state *state, char *out, uint32_t address)
{
    for (unsigned i = 0; i < 4; i++, address >>= 8) {
        memcpy(out, state->octets[address & 0xff], 4);
        out += state->octet_lengths[address & 0xff];
    }
    return out - 1;
}

static char *ads_write(void *opaque, const struct record *record, char *out)
{
    struct ads_state *state = opaque;
    const struct random_source *random = &state->payloads[record->producer];
    uint64_t draw = record->number * DRAWS;
    uint64_t choice = random_at(random, draw + 5);
    const struct ads_entry *ad =
        &state->ads[zipf_rank(&state->ad_ranks, random_at(random, draw + 4))];
    uint64_t event = record->variant == VARIANT_RANDOM ? random_below(choice << 32, EVENT_TYPES)
                                                       : record->variant;
    const struct ads_types *types = &state->types[random_below(choice, state->type_count)][event];

    out = LITERAL_PUT(out, "{\"user_id\":\"");
    out = put_user(state, out, random_at(random, draw), random_at(random, draw + 1));
    out = LITERAL_PUT(out, "\",\"page_id\":\"");
    out = uuid_text_put(out, random_at(random, draw + 2), random_at(random, draw + 3));
    out = LITERAL_PUT(out, "\",\"ad_id\":\"");
    memcpy(out, ad->id, sizeof ad->id);
    out += sizeof ad->id;
    memcpy(out, types->text, sizeof types->text);
    out = time_text_put_ns(&state->times, out + types->length, record->event_time);
    window_text_enter(&state->window, record->event_time);
    memcpy(out, state->window.text, PIECE_SIZE);
    out = put_address(state, out + state->window.length, (uint32_t)random_at(random, draw + 6));
    memcpy(out, ad->campaign.text, PIECE_SIZE);
    out = time_text_put_ms(&state->times, out + ad->campaign.length, record->event_time);
    const struct producer_tail *tail = &state->tails[record->producer];
    memcpy(out, tail->text, sizeof tail->text);
    return out + tail->length;
}

static char *ads_key(void *opaque, const struct record *record, char *out)
{
    struct ads_state *state = opaque;
    uint64_t bits = random_at(&state->payloads[record->producer], record->number * DRAWS + 4);
    memcpy(out, state->ads[zipf_rank(&state->ad_ranks, bits)].id, UUID_LENGTH);
    return out + UUID_LENGTH;
}

static const char *ads_headers(const struct record *record)
{
    (void)record;
    return NULL;
}

const struct scenario scenario_ads = {
    .name = "ads",
    .summary = "views, clicks and purchases of ads in campaigns",
    .options = heeded,
    .kinds = event_types,
    .record_size = RECORD_SIZE,
    .open = ads_open,
    .close = ads_close,
    .write = ads_write,
    .key = ads_key,
    .headers = ads_headers,
};
