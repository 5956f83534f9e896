#include "join/side_census.h"

#include "cli/diagnostics.h"

static void tell_side(const struct side_census *census, enum side side, const char *asked,
                      const struct expression *key)
{
    static const char *const names[] = {"left", "right"};
    if (census->seen[side] && !census->keyed[side])
        warn("no %s row had a key: %s", names[side], expression_text(key));
    else if (!census->seen[side] && asked != NULL)
        warn("no record was a %s row: %s", names[side], asked);
}

void side_census_tell(const struct side_census *census, const struct join_settings *settings,
                      const struct expression *const keys[2])
{
    if (!census->seen[SIDE_LEFT] && !census->seen[SIDE_RIGHT])
        return;
    if (!census->keyed[SIDE_LEFT] && !census->keyed[SIDE_RIGHT] &&
        keys[SIDE_LEFT] == keys[SIDE_RIGHT]) {
        warn("no record had a key, so none was joined: %s", expression_text(keys[SIDE_LEFT]));
        return;
    }
    tell_side(census, SIDE_LEFT, settings->left, keys[SIDE_LEFT]);
    tell_side(census, SIDE_RIGHT, settings->right, keys[SIDE_RIGHT]);
}
