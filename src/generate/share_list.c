#include "generate/share_list.h"

#include <string.h>

enum { FRACTION_DIGITS = 9 };

static struct share *share_named(struct share_list *list, const char *name, size_t length)
{
    struct share *share = list->shares;
    for (; share < list->shares + list->count; share++)
        if (strncmp(share->name, name, length) == 0 && share->name[length] == '\0')
            return share;
    if (list->count == sizeof list->shares / sizeof *list->shares || length >= sizeof share->name)
        return NULL;
    list->count++;
    memcpy(share->name, name, length);
    share->name[length] = '\0';
    return share;
}

/* "0.05", ".05", "1", "0"; at most nine digits behind the point. */
static bool parse_share(const char *text, size_t length, uint64_t *billionths)
{
    const char *end = text + length;
    uint64_t value = 0;
    int digits = 0;
    if (length == 0 || (length == 1 && *text == '.'))
        return false;
    for (; text < end && *text >= '0' && *text <= '1'; text++)
        value = 10 * value + (uint64_t)(*text - '0');
    if (text < end && *text++ != '.')
        return false;
    for (; text < end && *text >= '0' && *text <= '9' && digits < FRACTION_DIGITS; text++, digits++)
        value = 10 * value + (uint64_t)(*text - '0');
    for (; digits < FRACTION_DIGITS; digits++)
        value *= 10;
    *billionths = value;
    return text == end && value <= SHARE_WHOLE;
}

bool share_store(void *target, const char *argument, struct error_text *error)
{
    struct share_list *list = target;
    for (const char *item = argument; item != NULL;) {
        const char *equals = strchr(item, '=');
        size_t length = strcspn(item, ",");
        if (equals == NULL || equals == item || equals >= item + length)
            return refuse(error, "'%.*s' is not NAME=SHARE (late=.01)", (int)length, item);
        struct share *share = share_named(list, item, (size_t)(equals - item));
        if (share == NULL)
            return refuse(error, "there is no share '%.*s'", (int)(equals - item), item);
        if (!parse_share(equals + 1, (size_t)(item + length - equals - 1), &share->billionths))
            return refuse(error, "'%.*s' is not a share from 0 to 1 (.3, at most 9 decimals)",
                          (int)(item + length - equals - 1), equals + 1);
        item = item[length] == ',' ? item + length + 1 : NULL;
    }
    return true;
}

uint64_t share_list_find(const struct share_list *list, const char *name, uint64_t otherwise)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->shares[i].name, name) == 0)
            return list->shares[i].billionths;
    return otherwise;
}
