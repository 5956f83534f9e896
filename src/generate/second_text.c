#include "generate/second_text.h"

#include "time/timestamp.h"

#include <string.h>

char *second_text_put(struct second_text *seconds, char *out, int64_t time)
{
    int64_t second = time / NS_PER_SECOND - (time % NS_PER_SECOND < 0);
    if (!seconds->known || second != seconds->second) {
        char text[TIMESTAMP_TEXT_SIZE];
        timestamp_format(second * NS_PER_SECOND, text);
        memcpy(seconds->text, text, SECOND_TEXT_LENGTH);
        seconds->second = second;
        seconds->known = true;
    }
    memcpy(out, seconds->text, SECOND_TEXT_LENGTH);
    return out + SECOND_TEXT_LENGTH;
}
