#ifndef TIME_TIME_LAYOUT_H
#define TIME_TIME_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The layout that nearly all RFC 3339 times have, read by words instead of characters:
   YYYY-MM-DDTHH:MM:SS, a fraction of at most 9 digits, Z or +HH:MM. */
struct laid_out_time {
    int64_t seconds; /* since 1970-01-01T00:00:00Z */
    int64_t ns;      /* 0 to 999999999 behind it */
};

/* false: not read here, which says nothing about the text: a leap second is not, whatever else is
   not is no time either. Without an offset only if `offset_optional`. Looks at no byte but the
   text's. */
bool time_layout_read(const char *text, size_t length, bool offset_optional,
                      struct laid_out_time *time);

#endif
