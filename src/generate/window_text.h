#ifndef GENERATE_WINDOW_TEXT_H
#define GENERATE_WINDOW_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* The number of the 10 s window a time lies in, counted from an aligned base (negative before it),
   as digits between two constant texts; kept while times stay in one window. */
#define WINDOW_NS INT64_C(10000000000)

struct window_text {
    int64_t base;
    int64_t begin; /* of the window at hand */
    int64_t number;
    size_t length;
    size_t digits; /* where the digits begin: the length of `before` */
    const char *after;
    char text[128];
};

void window_text_init(struct window_text *window, int64_t base, const char *before,
                      const char *after);
void window_text_move(struct window_text *window, int64_t time);

static inline void window_text_enter(struct window_text *window, int64_t time)
{
    if (__builtin_expect((uint64_t)time - (uint64_t)window->begin >= (uint64_t)WINDOW_NS, 0))
        window_text_move(window, time);
}

#endif
