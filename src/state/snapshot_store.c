#include "state/snapshot_store.h"

#include "state/saved_snapshot.h"
#include "state/snapshot_manifest.h"
#include "state/snapshot_parts.h"
#include "state/snapshot_save.h"
#include "time/clock.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* A number is used once, also if the file that had it is damaged or was never named. */
static void note_number(void *context, const char *name)
{
    struct snapshot_store *store = context;
    size_t role;
    uint64_t number;
    if (state_name_parse(name, &role, &number) && number > store->sequence)
        store->sequence = number;
}

struct snapshot_store *snapshot_store_open(const char *directory, const char *tool,
                                           struct error_text *error, enum exit_status *status)
{
    struct snapshot_store *store = allocate_zeroed(1, sizeof *store);
    store->tool = tool;
    if (state_directory_open(&store->directory, directory, error, status)) {
        pthread_mutex_init(&store->mutex, NULL);
        pthread_cond_init(&store->changed, NULL);
        if (state_directory_list(&store->directory, note_number, store, error)) {
            *status = STATUS_OK;
            return store;
        }
        state_directory_close(&store->directory);
    }
    free(store);
    return NULL;
}

const char *snapshot_store_name(const struct snapshot_store *store)
{
    return store->directory.name;
}

int snapshot_store_directory(const struct snapshot_store *store)
{
    return store->directory.descriptor;
}

struct snapshot_figures snapshot_store_figures(const struct snapshot_store *store)
{
    return store->figures;
}

void snapshot_store_note_pause(struct snapshot_store *store, int64_t pause)
{
    if (pause > store->pause)
        store->pause = pause;
}

static void *run(void *context)
{
    struct snapshot_store *store = context;
    pthread_mutex_lock(&store->mutex);
    while (!store->stopping) {
        struct snapshot_draft *draft = store->draft;
        if (draft == NULL || store->finished) {
            pthread_cond_wait(&store->changed, &store->mutex);
            continue;
        }
        pthread_mutex_unlock(&store->mutex);
        draft->fine = snapshot_save(store, draft, &draft->error);
        draft->finished = clock_steady();
        pthread_mutex_lock(&store->mutex);
        store->finished = true;
        pthread_cond_broadcast(&store->changed);
    }
    pthread_mutex_unlock(&store->mutex);
    return NULL;
}

/* With the first snapshot: a run that saves nothing needs no thread. */
static void start_thread(struct snapshot_store *store)
{
    sigset_t all, former;
    if (store->running)
        return;
    /* Signals are for the main thread, whose wait they end. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &former);
    if (pthread_create(&store->thread, NULL, run, store) != 0)
        die(STATUS_STATE, "out of memory for a thread");
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    store->running = true;
}

bool snapshot_store_wait(struct snapshot_store *store, struct error_text *error)
{
    pthread_mutex_lock(&store->mutex);
    while (store->draft != NULL && !store->finished)
        pthread_cond_wait(&store->changed, &store->mutex);
    pthread_mutex_unlock(&store->mutex);
    return snapshot_store_poll(store, error);
}

bool snapshot_draft_commit(struct snapshot_draft *draft, bool wait, struct error_text *error)
{
    struct snapshot_store *store = draft->store;
    start_thread(store);
    store->sequence = draft->sequence;
    draft->handed = clock_steady();
    snapshot_store_note_pause(store, draft->handed - draft->begun);
    draft->pause = store->pause;
    store->pause = 0;
    pthread_mutex_lock(&store->mutex);
    store->draft = draft;
    store->finished = false;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->mutex);
    return !wait || snapshot_store_wait(store, error);
}

bool snapshot_store_busy(const struct snapshot_store *store)
{
    return store->draft != NULL;
}

static void note_saved(struct snapshot_store *store, struct snapshot_draft *draft)
{
    struct snapshot_figures *figures = &store->figures;
    struct segment_list former = store->segments;
    store->segments = draft->segments;
    draft->segments = former;
    state_name_make(store->manifest, "snapshot", draft->sequence, 0);
    figures->sequence = draft->sequence;
    figures->saved++;
    figures->written_at = draft->written_at;
    figures->duration = draft->finished - draft->handed;
    figures->pause = draft->pause;
    if (figures->pause > figures->pause_max)
        figures->pause_max = figures->pause;
    snapshot_store_count(store, draft->bytes);
}

bool snapshot_store_poll(struct snapshot_store *store, struct error_text *error)
{
    struct snapshot_draft *draft;
    bool finished;
    bool fine;
    if (store->draft == NULL)
        return true;
    pthread_mutex_lock(&store->mutex);
    finished = store->finished;
    pthread_mutex_unlock(&store->mutex);
    if (!finished)
        return true;
    draft = store->draft;
    fine = draft->fine;
    if (fine)
        note_saved(store, draft);
    else
        *error = draft->error;
    pthread_mutex_lock(&store->mutex);
    store->draft = NULL;
    pthread_mutex_unlock(&store->mutex);
    snapshot_draft_free(draft);
    return fine;
}

void snapshot_store_count(struct snapshot_store *store, uint64_t manifest_bytes)
{
    struct snapshot_figures *figures = &store->figures;
    figures->bytes = manifest_bytes;
    figures->rows = 0;
    for (size_t i = 0; i < store->segments.count; i++) {
        figures->bytes += store->segments.items[i].seal.bytes;
        figures->rows += store->segments.items[i].rows;
    }
}

static void stop_thread(struct snapshot_store *store)
{
    pthread_mutex_lock(&store->mutex);
    while (store->draft != NULL && !store->finished)
        pthread_cond_wait(&store->changed, &store->mutex);
    store->stopping = true;
    pthread_cond_broadcast(&store->changed);
    pthread_mutex_unlock(&store->mutex);
    pthread_join(store->thread, NULL);
}

void snapshot_store_close(struct snapshot_store *store)
{
    if (store == NULL)
        return;
    if (store->running)
        stop_thread(store);
    if (store->draft != NULL)
        snapshot_draft_free(store->draft);
    segment_list_free(&store->segments);
    state_directory_close(&store->directory);
    pthread_mutex_destroy(&store->mutex);
    pthread_cond_destroy(&store->changed);
    free(store);
}
