#include "generate/zipf.h"

#include "cli/diagnostics.h"
#include "generate/exact_math.h"

#include <stddef.h>
#include <stdlib.h>

static double *weights_new(uint64_t count, double skew)
{
    double *weights = allocate(count * sizeof *weights);
    double sum = 0;
    for (uint64_t i = 0; i < count; i++) {
        double exponent = -skew * exact_log((double)(i + 1));
        weights[i] = exponent < -700 ? 0 : exact_exp(exponent);
        sum += weights[i];
    }
    for (uint64_t i = 0; i < count; i++)
        weights[i] *= (double)count / sum;
    return weights;
}

/* Vose's construction: what a light slot lacks, a heavy one lends until it is light itself. The two
   worklists grow towards each other in one array. */
static void fill_slots(struct zipf *zipf, double *weights)
{
    uint32_t *work = allocate(zipf->count * sizeof *work);
    uint64_t lights = 0, heavies = zipf->count;
    for (uint32_t i = 0; i < zipf->count; i++)
        work[weights[i] < 1 ? lights++ : --heavies] = i;
    while (lights > 0 && heavies < zipf->count) {
        uint32_t light = work[--lights], heavy = work[heavies];
        zipf->slots[light].limit = (uint32_t)(weights[light] * 0x1p32);
        zipf->slots[light].alias = heavy;
        weights[heavy] -= 1 - weights[light];
        if (weights[heavy] < 1) {
            heavies++;
            work[lights++] = heavy;
        }
    }
    free(work);
}

void zipf_init(struct zipf *zipf, uint64_t count, double skew)
{
    *zipf = (struct zipf){.count = count};
    if (skew <= 0 || count < 2)
        return;
    double *weights = weights_new(count, skew);
    zipf->slots = allocate_zeroed(count, sizeof *zipf->slots);
    for (uint64_t i = 0; i < count; i++)
        zipf->slots[i] = (struct zipf_slot){(uint32_t)i, UINT32_MAX};
    fill_slots(zipf, weights);
    free(weights);
}

void zipf_free(struct zipf *zipf)
{
    free(zipf->slots);
    zipf->slots = NULL;
}
