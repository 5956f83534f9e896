#include "generate/random_source.h"

#include "cli/diagnostics.h"

#include <stddef.h>
#include <sys/random.h>

enum { SEED_BITS = 48 };

/* The origins are themselves drawn, so that sequences of neighbouring seeds or producers start at
   unrelated places of the one long sequence that all of them are cut from. */
void random_source_init(struct random_source *source, uint64_t seed, enum random_purpose purpose,
                        uint64_t producer)
{
    struct random_source of_seed = {seed};
    struct random_source of_purpose = {random_at(&of_seed, purpose)};
    source->origin = random_at(&of_purpose, producer);
}

struct random_source *random_payloads_new(uint64_t seed, uint32_t producers)
{
    struct random_source *sources = allocate(producers * sizeof *sources);
    for (uint32_t i = 0; i < producers; i++)
        random_source_init(&sources[i], seed, RANDOM_PAYLOAD, i);
    return sources;
}

bool random_seed_draw(uint64_t *seed)
{
    if (getrandom(seed, sizeof *seed, 0) != (ssize_t)sizeof *seed)
        return false;
    *seed >>= 64 - SEED_BITS;
    return true;
}
