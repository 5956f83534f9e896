#include "state/state_directory.h"

#include "state/file_io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without the slashes at its end, which would make O_NOFOLLOW follow a link. */
static char *trimmed(const char *name)
{
    char *copy = duplicate_text(name);
    size_t length = strlen(copy);
    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    return copy;
}

static bool check_owner(const struct state_directory *directory, struct error_text *error)
{
    struct stat status;
    if (fstat(directory->descriptor, &status) != 0)
        return refuse(error, "%s: %s", directory->name, strerror(errno));
    if (status.st_uid != geteuid())
        return refuse(error, "%s: belongs to another user", directory->name);
    if ((status.st_mode & 077) != 0)
        return refuse(error, "%s: others may use it (mode %04o): chmod 700 makes it ours",
                      directory->name, status.st_mode & 07777u);
    return true;
}

static bool open_directory(struct state_directory *directory, struct error_text *error)
{
    bool made = mkdir(directory->name, 0700) == 0;
    if (!made && errno != EEXIST)
        return refuse(error, "%s: %s", directory->name, strerror(errno));
    directory->descriptor = open(directory->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory->descriptor < 0)
        return refuse(error, "%s: %s", directory->name,
                      errno == ELOOP || errno == ENOTDIR ? "not a directory" : strerror(errno));
    /* A directory whose own entry is lost in a power cut would be an empty start in silence. Also
       if it is there already: who made it may have been killed before this. */
    if (!(made ? sync_parent(directory->name) : sync_name(directory->name)))
        return refuse(error, "%s: its parent cannot be synced: %s", directory->name,
                      strerror(errno));
    return check_owner(directory, error);
}

static bool refuse_locked(const struct state_directory *directory, struct error_text *error,
                          enum exit_status *status)
{
    char holder[24];
    ssize_t length = pread(directory->lock, holder, sizeof holder - 1, 0);
    holder[length > 0 ? length : 0] = '\0';
    holder[strspn(holder, "0123456789")] = '\0';
    *status = STATUS_LOCKED;
    if (holder[0] == '\0')
        return refuse(error, "%s: in use by another run", directory->name);
    return refuse(error, "%s: in use by process %s", directory->name, holder);
}

/* The file is never removed: two runs would come to lock two files. */
static bool take_lock(struct state_directory *directory, struct error_text *error,
                      enum exit_status *status)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char pid[24];
    int length = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    directory->lock = openat(directory->descriptor, "LOCK",
                             O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (directory->lock < 0)
        return refuse(error, "%s/LOCK: %s", directory->name, strerror(errno));
    if (fcntl(directory->lock, F_OFD_SETLK, &whole) != 0) {
        if (errno == EAGAIN || errno == EACCES)
            return refuse_locked(directory, error, status);
        return refuse(error, "%s/LOCK: %s", directory->name, strerror(errno));
    }
    /* The number is only for the other run's message. */
    ssize_t ignored = ftruncate(directory->lock, 0) == 0
                          ? pwrite(directory->lock, pid, (size_t)length, 0)
                          : 0;
    (void)ignored;
    return true;
}

struct stale {
    const struct state_directory *directory;
    struct error_text *error;
    bool fine;
};

static void remove_stale(void *context, const char *name)
{
    struct stale *stale = context;
    size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, ".tmp") == 0 &&
        unlinkat(stale->directory->descriptor, name, 0) != 0)
        stale->fine = refuse(stale->error, "%s/%s: %s", stale->directory->name, name,
                             strerror(errno));
}

bool state_directory_open(struct state_directory *directory, const char *name,
                          struct error_text *error, enum exit_status *status)
{
    struct stale stale = {directory, error, true};
    *status = STATUS_STATE;
    *directory = (struct state_directory){.name = trimmed(name), .descriptor = -1, .lock = -1};
    if (open_directory(directory, error) && take_lock(directory, error, status) &&
        state_directory_list(directory, remove_stale, &stale, error) && stale.fine)
        return true;
    state_directory_close(directory);
    return false;
}

void state_directory_close(struct state_directory *directory)
{
    if (directory->lock >= 0)
        close(directory->lock);
    if (directory->descriptor >= 0)
        close(directory->descriptor);
    free(directory->name);
    *directory = (struct state_directory){.descriptor = -1, .lock = -1};
}

bool state_directory_sync(const struct state_directory *directory, struct error_text *error)
{
    return fsync(directory->descriptor) == 0 ||
           refuse(error, "%s: cannot sync: %s", directory->name, strerror(errno));
}

void state_name_make(char name[STATE_NAME_SIZE], const char *role, uint64_t number, unsigned part)
{
    int length = snprintf(name, STATE_NAME_SIZE, "%.31s-%06" PRIu64, role, number);
    if (part > 0)
        length += snprintf(name + length, STATE_NAME_SIZE - (size_t)length, "-%u", part);
    snprintf(name + length, STATE_NAME_SIZE - (size_t)length, ".zst");
}

/* Behind a dash; NULL unless there is a number of at least `least` digits. */
static const char *pass_number(const char *at, size_t least, uint64_t *number)
{
    const char *start = at;
    for (*number = 0; *at >= '0' && *at <= '9' && at - start < 19; at++)
        *number = *number * 10 + (uint64_t)(*at - '0');
    return (size_t)(at - start) < least ? NULL : at;
}

bool state_name_parse(const char *name, size_t *role_length, uint64_t *number)
{
    size_t role = strspn(name, "abcdefghijklmnopqrstuvwxyz-");
    uint64_t part;
    const char *at;
    if (role < 2 || role > 32 || name[role - 1] != '-' || strlen(name) >= STATE_NAME_SIZE ||
        (at = pass_number(name + role, 6, number)) == NULL)
        return false;
    if (*at == '-' && (at = pass_number(at + 1, 1, &part)) == NULL)
        return false;
    *role_length = role - 1;
    return strcmp(at, ".zst") == 0;
}

bool state_directory_list(const struct state_directory *directory,
                          void (*visit)(void *context, const char *name), void *context,
                          struct error_text *error)
{
    /* Its own open file description: the descriptor's reading position is shared by duplicates. */
    int descriptor = openat(directory->descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = descriptor < 0 ? NULL : fdopendir(descriptor);
    struct dirent *entry;
    if (listing == NULL) {
        refuse(error, "%s: %s", directory->name, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    while ((errno = 0, entry = readdir(listing)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            visit(context, entry->d_name);
    bool fine = errno == 0 || refuse(error, "%s: %s", directory->name, strerror(errno));
    closedir(listing);
    return fine;
}
