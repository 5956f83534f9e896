#include "generate/window_text.h"

#include "generate/digits.h"

#include <string.h>

void window_text_init(struct window_text *window, int64_t base, const char *before,
                      const char *after)
{
    *window = (struct window_text){
        .base = base, .begin = INT64_MIN, .after = after, .digits = strlen(before)};
    memcpy(window->text, before, window->digits);
    window_text_move(window, base);
}

void window_text_move(struct window_text *window, int64_t time)
{
    int64_t behind = time - window->base;
    window->number = behind / WINDOW_NS - (behind % WINDOW_NS < 0);
    window->begin = window->base + window->number * WINDOW_NS;
    char *end = digits_put_signed(window->text + window->digits, window->number);
    size_t after = strlen(window->after);
    memcpy(end, window->after, after);
    window->length = (size_t)(end - window->text) + after;
}
