#include "state/log_restore.h"

#include "state/log_snapshot.h"

#include <string.h>

/* How many rows ahead memory is asked for: the latency of two accesses that depend on each other,
   each hidden behind some rows. */
enum { ROWS_AHEAD = 8 };

/* What every row has; the owner's part follows. */
struct row_head {
    _Alignas(max_align_t) uint64_t position;
    uint32_t partition;
};

static bool parse_row(const void *context, const char *line, size_t length, struct scratch *scratch,
                      void *row)
{
    const struct log_restorer *restorer = context;
    struct row_head *head = row;
    struct saved_row saved;
    if (!saved_row_begin(&saved, line, length) || saved.partition >= restorer->count ||
        !restorer->read(&saved, scratch, head + 1))
        return false;
    head->position = saved.position;
    head->partition = (uint32_t)saved.partition;
    return true;
}

static const struct row_head *row_at(const struct log_restorer *restorer, const void *rows,
                                     size_t number)
{
    const char *row = (const char *)rows + number * (sizeof(struct row_head) + restorer->row_size);
    return (const struct row_head *)(const void *)row;
}

static size_t take_rows(void *context, const void *rows, size_t count)
{
    const struct log_restorer *restorer = context;
    for (size_t i = 0; i < count; i++) {
        const struct row_head *head = row_at(restorer, rows, i);
        for (unsigned step = 0; step < LOG_RESTORE_STEPS; step++) {
            size_t ahead = i + ROWS_AHEAD * (LOG_RESTORE_STEPS - step);
            const struct row_head *later;
            if (ahead >= count)
                continue;
            later = row_at(restorer, rows, ahead);
            restorer->fetch(restorer->owner, later->partition, later + 1, step);
        }
        if (!restorer->restore(restorer->owner, head->partition, head + 1, head->position))
            return i;
    }
    return count;
}

static bool take_mark(void *context, const char *line, size_t length, struct error_text *error)
{
    const struct log_restorer *restorer = context;
    struct log_mark mark;
    (void)error;
    return log_mark_read(&mark, line, length) && mark.partition < restorer->count &&
           restorer->mark(restorer->owner, &mark);
}

struct tails {
    const struct log_restorer *restorer;
    struct text_buffer role;
};

static bool take_tail(void *context, const char *line, size_t length, struct error_text *error)
{
    struct tails *tails = context;
    const struct log_restorer *restorer = tails->restorer;
    struct saved_tail saved;
    struct record_log *log;
    (void)error;
    if (!saved_tail_read(&saved, line, length, &tails->role))
        return false;
    if (tails->role.length != strlen(restorer->rows) ||
        memcmp(tails->role.bytes, restorer->rows, tails->role.length) != 0)
        return true;
    if (saved.partition >= restorer->count)
        return false;
    log = restorer->log(restorer->owner, (uint32_t)saved.partition);
    if (!record_log_restore_tail(log, saved.tail))
        return false;
    restorer->saved(restorer->owner, (uint32_t)saved.partition, record_log_tail(log));
    return true;
}

bool log_restore(const struct log_restorer *restorer, const struct saved_snapshot *saved,
                 struct error_text *error)
{
    struct log_restorer own = *restorer;
    struct tails tails = {.restorer = restorer};
    const struct row_taker taker = {.format = {.size = sizeof(struct row_head) + restorer->row_size,
                                               .parse = parse_row,
                                               .context = restorer},
                                    .take = take_rows,
                                    .context = &own};
    bool fine = saved_snapshot_rows(saved, restorer->rows, &taker, error) &&
                saved_snapshot_segments(saved, restorer->marks, take_mark, &own, error) &&
                saved_snapshot_manifest(saved, "log", take_tail, &tails, error);
    text_buffer_free(&tails.role);
    return fine;
}
