#include "generate/pair_ledger.h"

#include "cli/diagnostics.h"
#include "generate/digits.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256, LEFT = 0, RIGHT = 1 };

bool pair_ledger_open(struct pair_ledger *ledger, const char *name, const struct scenario *scenario,
                      void *state, uint32_t producers, uint64_t memory, struct error_text *error)
{
    *ledger = (struct pair_ledger){
        .scenario = scenario, .state = state, .producers = producers, .memory = memory};
    if (!line_writer_open(&ledger->writer, name, error))
        return false;
    ledger->columns = allocate_zeroed(producers, sizeof *ledger->columns);
    for (uint32_t i = 0; i < producers; i++) {
        ledger->columns[i].mask = FIRST_CAPACITY - 1;
        ledger->columns[i].entries = allocate(FIRST_CAPACITY * sizeof *ledger->columns[i].entries);
    }
    return true;
}

static struct ledger_entry *entry_of(struct ledger_column *column, uint64_t number)
{
    return &column->entries[number & column->mask];
}

static void grow(struct ledger_column *column)
{
    size_t capacity = 2 * (column->mask + 1);
    struct ledger_entry *entries = allocate(capacity * sizeof *entries);
    for (uint64_t number = column->first; number < column->next; number++)
        entries[number & (capacity - 1)] = *entry_of(column, number);
    free(column->entries);
    column->entries = entries;
    column->mask = capacity - 1;
}

static void forget_old(struct pair_ledger *ledger, struct ledger_column *column, uint64_t line)
{
    for (; column->first < column->next; column->first++) {
        const struct ledger_entry *entry = entry_of(column, column->first);
        if (entry->parts > 0 || entry->last + ledger->memory >= line)
            return;
    }
}

/* Transactions begin in the order of their numbers. */
static struct ledger_entry *find_entry(struct pair_ledger *ledger, const struct record *record,
                                       uint64_t line)
{
    struct ledger_column *column = &ledger->columns[record->producer];
    if (record->number == column->next) {
        forget_old(ledger, column, line);
        if (column->next - column->first > column->mask)
            grow(column);
        column->next++;
        *entry_of(column, record->number) = (struct ledger_entry){.parts = record->paired ? 2 : 1};
    }
    return entry_of(column, record->number);
}

static void add_time(struct text_buffer *text, const char *name, int64_t time)
{
    text_buffer_add_text(text, name);
    char *begin = text_buffer_reserve(text, DIGITS_SIZE + 1);
    text->length += (size_t)(digits_put_signed(begin, time) - begin);
}

static void write_pair(struct pair_ledger *ledger, const struct record *record,
                       const struct ledger_entry *entry)
{
    struct text_buffer *text = &ledger->writer.text;
    text_buffer_add_text(text, "{\"key\":\"");
    char *key = text_buffer_reserve(text, KEY_SIZE);
    text->length += (size_t)(ledger->scenario->key(ledger->state, record, key) - key);
    add_time(text, "\",\"left_time_ns\":", entry->times[LEFT]);
    add_time(text, ",\"right_time_ns\":", entry->times[RIGHT]);
    text_buffer_add_text(text, "}\n");
    line_writer_end(&ledger->writer);
    ledger->pairs++;
}

void pair_ledger_note(struct pair_ledger *ledger, const struct record *record, uint64_t line,
                      bool whole, bool repeated)
{
    struct ledger_entry *entry = find_entry(ledger, record, line);
    unsigned side = record->side == SIDE_REQUEST ? LEFT : RIGHT;
    entry->last = line;
    entry->parts = (uint8_t)(entry->parts - !repeated);
    if (!whole)
        return;
    entry->times[side] = record->event_time;
    entry->lines[side]++;
    for (uint32_t i = 0; i < entry->lines[1 - side]; i++)
        write_pair(ledger, record, entry);
}

bool pair_ledger_close(struct pair_ledger *ledger)
{
    bool good = line_writer_close(&ledger->writer);
    for (uint32_t i = 0; i < ledger->producers; i++)
        free(ledger->columns[i].entries);
    free(ledger->columns);
    return good;
}
