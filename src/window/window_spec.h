#ifndef WINDOW_WINDOW_SPEC_H
#define WINDOW_WINDOW_SPEC_H

#include "cli/diagnostics.h"
#include "window/window_calendar.h"

#include <stdbool.h>
#include <stdint.h>

/* Which windows there are. All but sessions are made of slices: stretches of time that each lie
   wholly inside or wholly outside of every window, so that a record belongs to one slice however
   much windows overlap. Slices and the ends of windows are named by units: instants in ns, or
   readings of a time zone's clock; window_time() turns them into instants. */

enum window_kind { WINDOW_WHOLE, WINDOW_HOPPING, WINDOW_CUMULATE, WINDOW_SESSION };

/* What the options say; texts are borrowed, NULL = not given. */
struct window_options {
    const char *window;   /* -w SIZE or SIZE/SLIDE */
    const char *cumulate; /* SIZE/STEP */
    int64_t session;      /* gap, ns; -1 = not given */
    int64_t max_session;  /* ns, 0 = none */
    int64_t offset;       /* ns, may be negative */
    const char *zone;     /* --tz */
    int64_t lateness;     /* ns */
};

struct window_spec {
    enum window_kind kind;
    int64_t size;     /* units */
    int64_t slide;    /* units: from one window to the next; of WINDOW_CUMULATE the step */
    int64_t slice;    /* units: greatest common divisor of both */
    int64_t offset;   /* units: a window starts here */
    int64_t gap;      /* ns, of sessions */
    int64_t longest;  /* ns between the first and last event of a session; 0 = any */
    int64_t lateness; /* ns that a closed window is kept for corrections */
    bool zoned;       /* --tz was given */
    struct window_calendar *calendar; /* NULL: units are instants */
};

/* false with the reason if the options make no sense. window_spec_free() when done. */
bool window_spec_make(struct window_spec *spec, const struct window_options *options,
                      struct error_text *error);
void window_spec_free(struct window_spec *spec);

/* True where slide > size: some records belong to no window. */
static inline bool window_spec_gaps(const struct window_spec *spec)
{
    return spec->kind == WINDOW_HOPPING && spec->slide > spec->size;
}

/* True if windows are slices: no window overlaps another. */
static inline bool window_spec_tumbling(const struct window_spec *spec)
{
    return spec->kind == WINDOW_WHOLE ||
           (spec->kind == WINDOW_HOPPING && spec->slice == spec->size);
}

/* Times beyond +-WINDOW_TIME_LIMIT have no windows: their ends could not be told. */
#define WINDOW_TIME_LIMIT (INT64_MAX / 2)

/* The slice that a time belongs to. */
int64_t window_slice(const struct window_spec *spec, int64_t time);
/* The earliest and the latest end of a window that holds the slice; false: there is none. */
bool window_first_end(const struct window_spec *spec, int64_t slice, int64_t *end);
bool window_last_end(const struct window_spec *spec, int64_t slice, int64_t *end);
/* The next window's end behind this one; where the window of an end starts. */
int64_t window_next_end(const struct window_spec *spec, int64_t end);
int64_t window_start(const struct window_spec *spec, int64_t end);

/* The instant of a unit, ns; the end of the whole input's window is INT64_MAX. */
int64_t window_time(const struct window_spec *spec, int64_t unit);

#endif
