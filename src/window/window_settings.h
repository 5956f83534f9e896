#ifndef WINDOW_WINDOW_SETTINGS_H
#define WINDOW_WINDOW_SETTINGS_H

#include "cli/option_values.h"
#include "cli/options.h"
#include "window/window_plan.h"
#include "window/window_spec.h"

#include <stdbool.h>
#include <stdint.h>

enum emission { EMIT_FINAL, EMIT_UPDATE };
enum ties { TIES_ALL, TIES_FIRST }; /* -1: not given, all */

/* What evwindow's own options say; texts are borrowed, NULL = not given. */
struct window_settings {
    const char *by;
    const char *aggregates;
    struct window_options window;
    struct choice emit;
    int64_t every;
    uint64_t top; /* 0 = all */
    const char *rank;
    struct choice ties;
    bool each;
};

extern const struct window_settings window_settings_default;
/* base = a struct window_settings */
extern const struct option_row window_option_rows[];

/* Why this combination means nothing; NULL = it means something. */
const char *window_settings_refusal(const struct window_settings *settings,
                                    const struct window_plan *plan);

#endif
