#ifndef GENERATE_GENERATOR_H
#define GENERATE_GENERATOR_H

#include "generate/generate_settings.h"
#include "generate/kcat_lines.h"
#include "generate/line_faults.h"
#include "generate/pair_ledger.h"
#include "generate/record_schedule.h"
#include "generate/send_pace.h"
#include "ndjson/line_writer.h"

#include <stdbool.h>
#include <stdint.h>

/* One run: scheduled records, spoiled as --share says, as lines, in their time. */
struct generator {
    const struct generate_settings *settings;
    const struct scenario *scenario;
    void *state; /* the scenario's */
    uint64_t seed;
    int64_t start; /* ns */
    uint32_t producers;
    struct record_schedule schedule;
    struct share_schedule kinds; /* event types; count 0 = drawn freely */
    struct line_faults faults;
    struct send_pace pace;
    struct line_writer writer;
    struct pair_ledger ledger; /* with --truth */
    struct kcat_lines kcat;    /* with --envelope kcat */
    bool enveloped;
    struct text_buffer payload;
    int64_t last_arrival; /* ns */
    struct generator_counts {
        uint64_t records; /* lines but END markers */
        uint64_t faults[FAULT_COUNT];
        uint64_t unmatched;
        uint64_t end_markers;
        int64_t started; /* steady clock, ns */
    } counts;
};

/* Makes everything ready; false with the reason: the settings make no sense together (*status =
   STATUS_USAGE) or a file cannot be opened (STATUS_IO). */
bool generator_open(struct generator *generator, const struct generate_settings *settings,
                    const struct scenario *scenario, struct error_text *error,
                    enum exit_status *status);

/* Writes records until the run is over, a signal asks to end or a write fails; flushes. SIGUSR1
   tells. */
void generator_run(struct generator *generator);

/* One JSON line of seed, counters, rate and send error, on standard error. */
void generator_tell(const struct generator *generator);

/* After the run: whether it ended before --count because event times did, in 2262. */
bool generator_ran_out(const struct generator *generator);

/* Closes the files. false: a write failed; *error says where, *reason is its errno. */
bool generator_close(struct generator *generator, struct error_text *error, int *reason);

#endif
