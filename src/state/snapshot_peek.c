#include "state/snapshot_peek.h"

#include "state/snapshot_manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct peek {
    const struct state_directory *directory;
    const char *kind;
    line_taker *take;
    void *context;
    size_t manifests;
    bool fine;
    struct error_text *error;
};

static void look_at(void *context, const char *name)
{
    struct peek *peek = context;
    struct snapshot_manifest manifest;
    struct error_text error;
    enum manifest_found found;
    size_t role;
    uint64_t number;
    if (!state_name_parse(name, &role, &number) || role != strlen("snapshot") ||
        strncmp(name, "snapshot", role) != 0)
        return;
    found = snapshot_manifest_read(&manifest, peek->directory, name, &error);
    if (found == MANIFEST_READ) {
        peek->manifests++;
        if (!snapshot_manifest_each(&manifest, peek->kind, peek->take, peek->context, peek->error))
            peek->fine = false;
    } else if (found == MANIFEST_REFUSED) {
        *peek->error = error;
        peek->fine = false;
    } else {
        warn("%s", error.text);
    }
    snapshot_manifest_free(&manifest);
}

bool snapshot_peek(const char *directory, const char *kind, line_taker *take, void *context,
                   size_t *manifests, struct error_text *error)
{
    struct state_directory opened = {.lock = -1};
    struct peek peek = {&opened, kind, take, context, 0, true, error};
    bool listed;
    opened.descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (opened.descriptor < 0)
        return refuse(error, "%s: %s", directory, strerror(errno));
    opened.name = duplicate_text(directory);
    listed = state_directory_list(&opened, look_at, &peek, error);
    state_directory_close(&opened);
    *manifests = peek.manifests;
    return listed && peek.fine;
}
