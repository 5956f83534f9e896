#ifndef GENERATE_PAIR_LEDGER_H
#define GENERATE_PAIR_LEDGER_H

#include "generate/scenario.h"
#include "ndjson/line_writer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The truth file: one line for each true pair of lines written, that is a request and an
   acknowledgement of one key of which neither is damaged; a repeated line makes as many pairs
   again.
   `{"key":K,"left_time_ns":N,"right_time_ns":N}`, written when the pair's later line is. */
struct pair_ledger {
    const struct scenario *scenario;
    void *state; /* the scenario's */
    struct line_writer writer;
    uint64_t pairs; /* lines written */
    struct ledger_column {
        struct ledger_entry {
            int64_t times[2];  /* event times: request, acknowledgement */
            uint32_t lines[2]; /* whole lines written of each */
            uint64_t last;     /* number of the last line of this transaction */
            uint8_t parts;     /* parts that are still to come */
        } * entries;           /* ring, by number */
        uint64_t first;
        uint64_t next;
        size_t mask;
    } * columns; /* of each producer */
    uint32_t producers;
    uint64_t memory; /* lines after which a line is not repeated any more */
};

/* false with the reason: FILE cannot be opened. */
bool pair_ledger_open(struct pair_ledger *ledger, const char *name, const struct scenario *scenario,
                      void *state, uint32_t producers, uint64_t memory, struct error_text *error);

/* `record` goes out as line `line`; `whole`: not damaged; `repeated`: it went out before. */
void pair_ledger_note(struct pair_ledger *ledger, const struct record *record, uint64_t line,
                      bool whole, bool repeated);

/* false: a write failed (ledger->writer.error). */
bool pair_ledger_close(struct pair_ledger *ledger);

#endif
