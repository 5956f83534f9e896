#ifndef TIME_WATERMARK_H
#define TIME_WATERMARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The watermark W of a set of streams: the minimum over the streams that count of (largest event
   time seen - delay). "Nothing at or before W is expected any more, except at W itself."

   W is WATERMARK_UNDEFINED until each awaited stream has been seen, is idle or has ended; never
   falls; and is WATERMARK_END once the last stream has ended. A stream that ended or is idle leaves
   the minimum. When all streams left are idle, W stays, unless watermark_raise() moves it (the
   clock takes over). A stream that joins or returns behind W belongs to the minimum like any other:
   W does not fall to it, but waits where it is until that stream has passed it. Cost of
   watermark_observe when nothing changes: one comparison. */
#define WATERMARK_UNDEFINED INT64_MIN
#define WATERMARK_END INT64_MAX

struct watermark_stream {
    int64_t maximum; /* largest event time seen, INT64_MIN = none yet */
    bool awaited;    /* named beforehand: W is undefined until it was seen */
    bool idle;
    bool ended;
};

struct watermark {
    struct watermark_stream *streams;
    size_t count;
    size_t capacity;
    int64_t delay;   /* ns, >= 0 */
    int64_t current; /* W; read it, do not write it */
    bool expecting;  /* streams are known to come that were not added yet: W does not end */
    size_t holder;   /* index of a stream that holds W back; SIZE_MAX = none */
};

void watermark_init(struct watermark *watermark, int64_t delay);
void watermark_free(struct watermark *watermark);

/* A further stream; returns its index. */
size_t watermark_add_stream(struct watermark *watermark, bool awaited);

/* A record of `stream` at `time`: wakes an idle stream. Returns true if W rose. */
bool watermark_observe(struct watermark *watermark, size_t stream, int64_t time);

bool watermark_set_idle(struct watermark *watermark, size_t stream);
bool watermark_end_stream(struct watermark *watermark, size_t stream);

/* A stream that was added, as an earlier run left it; after the last one watermark_restored(). W
   itself is restored before, by watermark_raise(). It does not end by what is restored: other
   streams may come. */
void watermark_restore_stream(struct watermark *watermark, size_t stream, int64_t maximum,
                              bool idle, bool ended);
void watermark_restored(struct watermark *watermark);

/* W itself becomes at least `time` (processing time; all streams idle). Returns true if W rose. */
bool watermark_raise(struct watermark *watermark, int64_t time);

#endif
