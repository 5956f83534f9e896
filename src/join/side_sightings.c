#include "join/side_sightings.h"

#include "cli/diagnostics.h"

#include <stddef.h>

static void warn_of_side(const struct side_sightings *sightings, enum side side,
                         const struct expression *key, const struct expression *is_side)
{
    static const char *const names[] = {"left", "right"};
    if (sightings->seen[side] && !sightings->keyed[side])
        warn("no %s row had a key: %s", names[side], expression_text(key));
    else if (!sightings->seen[side] && is_side != NULL)
        warn("no record was a %s row: %s", names[side], expression_text(is_side));
}

void side_sightings_warn(const struct side_sightings *sightings,
                         const struct expression *const keys[2],
                         const struct expression *const sides[2])
{
    bool seen = sightings->seen[SIDE_LEFT] || sightings->seen[SIDE_RIGHT];
    bool keyed = sightings->keyed[SIDE_LEFT] || sightings->keyed[SIDE_RIGHT];
    if (!seen)
        return;
    if (!keyed && keys[SIDE_LEFT] == keys[SIDE_RIGHT]) {
        warn("no record had a key, so none was joined: %s", expression_text(keys[SIDE_LEFT]));
        return;
    }
    for (enum side side = SIDE_LEFT; side <= SIDE_RIGHT; side++)
        warn_of_side(sightings, side, keys[side], sides[side]);
}
