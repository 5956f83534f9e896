#include "sql/batch_limit.h"

struct batch_limit batch_limit_make(uint64_t least, uint64_t most)
{
    return (struct batch_limit){.least = least, .most = most, .current = least};
}

void batch_limit_adapt(struct batch_limit *limit, int64_t begin, int64_t end)
{
    int64_t before = limit->written;
    limit->written = end;
    if (before == 0)
        return;
    if (end - begin > (end - before) / 2)
        limit->current = limit->current > limit->most / 2 ? limit->most : 2 * limit->current;
    else
        limit->current = limit->current / 2 < limit->least ? limit->least : limit->current / 2;
}
