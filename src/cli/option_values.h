#ifndef CLI_OPTION_VALUES_H
#define CLI_OPTION_VALUES_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stores for option values (option_store in cli/options.h); the comment is the target's type. */
bool store_flag(void *target, const char *argument, struct error_text *error);  /* bool: true */
bool store_text(void *target, const char *argument, struct error_text *error);  /* const char * */
bool store_count(void *target, const char *argument, struct error_text *error); /* uint64_t >= 0 */
bool store_positive(void *target, const char *argument, struct error_text *error); /* > 0 */
bool store_size(void *target, const char *argument, struct error_text *error); /* uint64_t bytes */

/* const char * texts of a repeatable option, in order; starts zeroed. The texts are argv's own. */
struct text_list {
    const char **texts;
    size_t count;
};
bool store_text_list(void *target, const char *argument, struct error_text *error);

/* "512", "64K", "2M", "1.5G" (1024-based; K, M, G, T) to bytes. */
bool size_parse(const char *text, uint64_t *bytes);

/* A choice among words: target is struct choice whose `words` (NULL-terminated) are set beforehand;
   `selected` becomes the index of the word. The refusal lists the words. */
struct choice {
    const char *const *words;
    int selected;
};
bool store_choice(void *target, const char *argument, struct error_text *error);

#endif
