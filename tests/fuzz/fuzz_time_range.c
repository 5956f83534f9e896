#include "time/time_range.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Both readings of a bare duration agree on everything else. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct time_range symmetric, forward;
    struct error_text error;
    char *text = malloc(size + 1);

    memcpy(text, bytes, size);
    text[size] = '\0';
    bool taken = time_range_parse(text, BARE_SYMMETRIC, &symmetric, &error);
    if (taken != time_range_parse(text, BARE_FORWARD, &forward, NULL))
        abort();
    if (taken && (symmetric.upper != forward.upper || !symmetric.given ||
                  (strstr(text, "..") && symmetric.lower != forward.lower)))
        abort();
    free(text);
    return 0;
}
