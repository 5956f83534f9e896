#ifndef GENERATE_LINE_FAULTS_H
#define GENERATE_LINE_FAULTS_H

#include "generate/record.h"
#include "generate/share_schedule.h"

#include <stdbool.h>
#include <stdint.h>

/* What is wrong with a line. Their order is that of `line_fault_names`. */
enum line_fault { FAULT_DUPLICATE, FAULT_LATE, FAULT_MALFORMED, FAULT_TOMBSTONE, FAULT_COUNT };

extern const char *const line_fault_names[];

/* A line is not repeated later than after this many others. */
#define REPEAT_MEMORY 64

/* Chooses the lines with faults by share, and makes what a late or a repeated one needs. A late
   record keeps its place in the stream and gets an event time further back than any disorder
   explains. A repeated one is a recent whole line that is not itself out of order by more than the
   disorder: with none, that is the line before. */
struct line_faults {
    struct share_schedule schedule;
    struct random_source random;
    uint64_t drawn;
    int64_t disorder; /* ns */
    int64_t late_by;  /* ns */
    int64_t latest;   /* largest event time written whole; INT64_MIN = none */
    struct record recent[REPEAT_MEMORY];
    uint64_t remembered;
    bool repeats; /* there is a share of duplicates */
};

/* shares: billionths, by enum line_fault. */
void line_faults_init(struct line_faults *faults, const uint64_t shares[FAULT_COUNT], uint64_t seed,
                      int64_t disorder, int64_t late_by);

/* Before the first line: there will be `lines` in all. Returns how many of them are no repeats. */
uint64_t line_faults_limit(struct line_faults *faults, uint64_t lines);

/* The fault of the next line, or SHARE_PLAIN. FAULT_DUPLICATE only if *repeated could be set. */
int line_faults_next(struct line_faults *faults, struct record *repeated);

/* Sets the event time of a late record back. */
void line_faults_delay(struct line_faults *faults, struct record *record);

/* A whole line went out. */
static inline void line_faults_note(struct line_faults *faults, const struct record *record)
{
    if (record->event_time > faults->latest)
        faults->latest = record->event_time;
    if (faults->repeats)
        faults->recent[faults->remembered++ % REPEAT_MEMORY] = *record;
}

uint64_t line_faults_draw(struct line_faults *faults);

#endif
