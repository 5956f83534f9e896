#include "latency/latency_assertion.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* An assertion that parses can be asked, and a list of statistics that parses names each once. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct latency_histogram histogram;
    struct latency_assertion assertion;
    struct latency_statistics statistics;
    struct error_text error;
    char *text = malloc(size + 1);
    memcpy(text, bytes, size);
    text[size] = '\0';
    latency_histogram_init(&histogram);
    latency_histogram_record(&histogram, 5000000);
    latency_histogram_record(&histogram, -7);
    if (latency_assertion_parse(text, &assertion, &error)) {
        if (strlen(assertion.statistic.name) == 0)
            abort();
        latency_assertion_holds(&assertion, &histogram, &error);
        latency_assertion_holds_ratio(&assertion, &histogram, &histogram, &error);
    }
    if (latency_statistics_parse(text, &statistics, &error))
        for (size_t i = 0; i < statistics.count; i++)
            latency_statistic_value(&statistics.items[i], &histogram);
    latency_histogram_free(&histogram);
    free(text);
    return 0;
}
