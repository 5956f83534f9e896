#include "time/duration.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whatever is read as a duration is written as one that reads the same. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct error_text error;
    char written[DURATION_TEXT_SIZE];
    int64_t ns, again;
    char *text = malloc(size + 1);

    memcpy(text, bytes, size);
    text[size] = '\0';
    if (duration_parse_signed(text, &ns, &error)) {
        duration_format(ns, written);
        if (!duration_parse_signed(written, &again, NULL) || again != ns)
            abort();
        if (duration_parse(text, &again, &error) != (text[0] != '-'))
            abort();
    }
    free(text);
    return 0;
}
