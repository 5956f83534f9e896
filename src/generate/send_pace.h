#ifndef GENERATE_SEND_PACE_H
#define GENERATE_SEND_PACE_H

#include "cli/diagnostics.h"
#include "ndjson/line_writer.h"

#include <stdbool.h>
#include <stdint.h>

/* How fast logical time runs against the clock: what --speed says. */
struct send_speed {
    double factor; /* 1 = real time; 0 = no pace at all, as fast as the reader takes it */
    bool given;
};

/* Option store, target struct send_speed: "max", "1x", "0.5x", "60x". */
bool send_speed_store(void *target, const char *argument, struct error_text *error);

enum { SEND_ERROR_EXPONENTS = 40, SEND_ERROR_STEPS = 16 };

/* Holds each record back until its time on the steady clock. The schedule is fixed at the start: a
   reader that blocks makes records late, never the schedule. */
struct send_pace {
    double factor;
    int64_t logical_start;
    int64_t steady_start;
    int64_t now; /* steady clock when last looked at */
    /* How late records were handed to write(2), by power of two and sixteenth of it. */
    uint64_t errors[SEND_ERROR_EXPONENTS * SEND_ERROR_STEPS];
    uint64_t error_count;
};

/* logical_start: ns, the time that is now. */
void send_pace_init(struct send_pace *pace, double factor, int64_t logical_start);

enum send_state {
    SEND_DUE,
    SEND_EARLY, /* slept for a while or was woken by a signal: look at signals, call again */
    SEND_END    /* a signal asks to end, or a write failed */
};

/* Waits until `time` is due, for 200 ms at most. If it is not due yet, first everything pending in
   the writer goes out. */
enum send_state send_pace_wait(struct send_pace *pace, int64_t time, struct line_writer *writer);

/* The send error in ns that a share (0.99) of the records did not exceed, from above within 1/16; 0
   without records. */
int64_t send_pace_error(const struct send_pace *pace, double share);

#endif
