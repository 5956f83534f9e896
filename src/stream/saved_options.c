#include "stream/saved_options.h"

#include "ndjson/utf8_text.h"
#include "state/line_fields.h"

#include <stdlib.h>
#include <string.h>

/* An option as it is compared; texts end with NUL. */
struct meaning {
    const char *name;
    const char *value; /* NULL = a flag */
};

struct meanings {
    struct meaning *items;
    size_t count;
};

static void add(struct meanings *meanings, struct meaning meaning)
{
    meanings->items = reallocate(meanings->items, (meanings->count + 1) * sizeof *meanings->items);
    meanings->items[meanings->count++] = meaning;
}

static bool is_default(const struct given_option *option)
{
    const char *usual = option->row->default_text;
    return option->argument != NULL && usual != NULL && strcmp(usual, option->argument) == 0;
}

static char *text_of(struct text_buffer *text)
{
    text_buffer_add_byte(text, '\0');
    return text->bytes;
}

/* Arguments need not be UTF-8, and a manifest must be. */
static char *repaired(const char *argument)
{
    struct text_buffer text = {0};
    utf8_repair(&text, argument, strlen(argument));
    return text_of(&text);
}

/* Copies, as what is read back is. A row without a name is known by its letter. */
static struct meanings meanings_of(const struct given_options *given)
{
    struct meanings meanings = {0};
    for (size_t i = 0; i < given->count; i++) {
        const struct option_row *row = given->items[i].row;
        const char letter[] = {row->letter, '\0'};
        const char *argument = given->items[i].argument;
        if ((row->traits & OPTION_NEUTRAL) == 0 && !is_default(&given->items[i]))
            add(&meanings, (struct meaning){duplicate_text(*row->name ? row->name : letter),
                                            argument == NULL ? NULL : repaired(argument)});
    }
    return meanings;
}

static void meanings_free(struct meanings *meanings)
{
    for (size_t i = 0; i < meanings->count; i++) {
        free((char *)(uintptr_t)meanings->items[i].name);
        free((char *)(uintptr_t)meanings->items[i].value);
    }
    free(meanings->items);
}

void saved_options_write(const struct given_options *given, struct text_buffer *lines)
{
    struct meanings meanings = meanings_of(given);
    for (size_t i = 0; i < meanings.count; i++) {
        const struct meaning *meaning = &meanings.items[i];
        line_add_text(lines, "{\"kind\":\"option\",\"name\":", meaning->name,
                      strlen(meaning->name));
        if (meaning->value != NULL)
            line_add_text(lines, ",\"value\":", meaning->value, strlen(meaning->value));
        text_buffer_add_text(lines, "}\n");
    }
    meanings_free(&meanings);
}

static bool take_option(void *context, const char *line, size_t length, struct error_text *error)
{
    struct meanings *meanings = context;
    struct line_fields fields;
    struct text_buffer name = {0};
    struct text_buffer value = {0};
    bool valued;
    (void)error;
    if (!line_fields_begin_kind(&fields, line, length, "option") ||
        !line_fields_text(&fields, "name", &name))
        return false;
    valued = line_fields_text(&fields, "value", &value);
    add(meanings, (struct meaning){text_of(&name), valued ? text_of(&value) : NULL});
    return line_fields_end(&fields);
}

/* The n-th of that name, from 0; NULL = there are not so many. */
static const struct meaning *find(const struct meanings *meanings, const char *name, size_t n)
{
    for (size_t i = 0; i < meanings->count; i++)
        if (strcmp(meanings->items[i].name, name) == 0 && n-- == 0)
            return &meanings->items[i];
    return NULL;
}

/* How many of the same name stand before the item of that index. */
static size_t rank(const struct meanings *meanings, size_t index)
{
    size_t count = 0;
    for (size_t i = 0; i < index; i++)
        count += strcmp(meanings->items[i].name, meanings->items[index].name) == 0;
    return count;
}

static bool same_value(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *dashes(const struct meaning *meaning)
{
    return meaning->name[0] != '\0' && meaning->name[1] == '\0' ? "-" : "--";
}

static bool refuse_alone(const char *directory, const char *how, const struct meaning *meaning,
                         struct error_text *error)
{
    const char *value = meaning->value;
    return refuse(error, "state in %s was made %s %s%s%s%.60s", directory, how, dashes(meaning),
                  meaning->name, value == NULL ? "" : " ", value == NULL ? "" : value);
}

static bool compare(const struct meanings *before, const struct meanings *now,
                    const char *directory, struct error_text *error)
{
    for (size_t i = 0; i < before->count; i++) {
        const struct meaning *old = &before->items[i];
        const struct meaning *new = find(now, old->name, rank(before, i));
        if (new == NULL)
            return refuse_alone(directory, "with", old, error);
        if (!same_value(old->value, new->value))
            return refuse(error, "state in %s was made with %s%s %.60s, not %.60s", directory,
                          dashes(old), old->name, old->value == NULL ? "alone" : old->value,
                          new->value == NULL ? "alone" : new->value);
    }
    for (size_t i = 0; i < now->count; i++)
        if (find(before, now->items[i].name, rank(now, i)) == NULL)
            return refuse_alone(directory, "without", &now->items[i], error);
    return true;
}

bool saved_options_check(const struct given_options *given, const struct saved_snapshot *saved,
                         const char *directory, struct error_text *error)
{
    struct meanings now = meanings_of(given);
    struct meanings before = {0};
    bool fine = saved_snapshot_manifest(saved, "option", take_option, &before, error) &&
                compare(&before, &now, directory, error);
    meanings_free(&now);
    meanings_free(&before);
    return fine;
}
