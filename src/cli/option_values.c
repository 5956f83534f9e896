#include "cli/option_values.h"

#include <string.h>

bool store_flag(void *target, const char *argument, struct error_text *error)
{
    (void)argument;
    (void)error;
    *(bool *)target = true;
    return true;
}

bool store_text(void *target, const char *argument, struct error_text *error)
{
    (void)error;
    *(const char **)target = argument;
    return true;
}

bool store_text_list(void *target, const char *argument, struct error_text *error)
{
    struct text_list *list = target;
    (void)error;
    list->texts = reallocate(list->texts, (list->count + 1) * sizeof(*list->texts));
    list->texts[list->count++] = argument;
    return true;
}

/* Reads digits at *text into *value; false if there is none or they overflow. */
static bool take_digits(const char **text, uint64_t *value)
{
    const char *at = *text;
    *value = 0;
    for (; *at >= '0' && *at <= '9'; at++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, (uint64_t)(*at - '0'), value))
            return false;
    if (at == *text)
        return false;
    *text = at;
    return true;
}

bool store_count(void *target, const char *argument, struct error_text *error)
{
    const char *at = argument;
    uint64_t count;
    if (!at || !take_digits(&at, &count) || *at)
        return refuse(error, "'%s' is not a count (0, 1, 2, ...)", argument ? argument : "");
    *(uint64_t *)target = count;
    return true;
}

bool store_positive(void *target, const char *argument, struct error_text *error)
{
    uint64_t count = 0;
    if (!store_count(&count, argument, error))
        return false;
    if (count == 0)
        return refuse(error, "there must be at least 1");
    *(uint64_t *)target = count;
    return true;
}

/* Reads ".25" at *text as 250 thousandths of thousandths: the fraction in millionths. */
static bool take_fraction(const char **text, uint64_t *millionths)
{
    uint64_t place = 100000;
    *millionths = 0;
    if (**text != '.')
        return true;
    const char *at = *text + 1;
    for (; *at >= '0' && *at <= '9'; at++, place /= 10) {
        if (place == 0)
            return false;
        *millionths += (uint64_t)(*at - '0') * place;
    }
    bool any = at > *text + 1;
    *text = at;
    return any;
}

bool size_parse(const char *text, uint64_t *bytes)
{
    static const char letters[] = "KMGT";
    uint64_t whole, millionths, unit = 1, product;

    if (!take_digits(&text, &whole))
        return false;
    bool fraction = *text == '.';
    if (!take_fraction(&text, &millionths))
        return false;
    if (*text) {
        const char *letter = strchr(letters, *text);
        if (!letter || text[1])
            return false;
        unit = UINT64_C(1) << (10 * (letter - letters + 1));
    } else if (fraction) {
        return false;
    }
    /* A unit is at most 2^40 and millionths are below 2^20: the second product cannot overflow. */
    return !__builtin_mul_overflow(whole, unit, &product) &&
           !__builtin_add_overflow(product, millionths * unit / 1000000, bytes);
}

bool store_size(void *target, const char *argument, struct error_text *error)
{
    uint64_t bytes;
    if (!argument || !size_parse(argument, &bytes))
        return refuse(error, "'%s' is not a size (512, 64K, 2M, 1.5G)", argument ? argument : "");
    *(uint64_t *)target = bytes;
    return true;
}

bool store_choice(void *target, const char *argument, struct error_text *error)
{
    struct choice *choice = target;
    char words[sizeof(error->text)] = "";

    for (int i = 0; choice->words[i]; i++) {
        if (argument && strcmp(argument, choice->words[i]) == 0) {
            choice->selected = i;
            return true;
        }
        strncat(words, i ? ", " : "", sizeof(words) - strlen(words) - 1);
        strncat(words, choice->words[i], sizeof(words) - strlen(words) - 1);
    }
    return refuse(error, "'%s' is none of %s", argument ? argument : "", words);
}
