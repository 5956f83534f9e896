/* LD_PRELOAD: what a writer of state files may do wrong, for the simulator of power cuts to find.
   BROKEN=no-sync, no-directory-sync, no-output-sync, rename-first; and for every kill too:
   publish-first. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int deferred = -1;

/* The renaming of a manifest that is put off until its lengths are published. */
static struct {
    int directory;
    char from[64];
    char to[64];
} manifest;

static bool broken(const char *how)
{
    const char *given = getenv("BROKEN");
    return given != NULL && strcmp(given, how) == 0;
}

static bool is_directory(int descriptor)
{
    struct stat status;
    return fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
}

int fdatasync(int descriptor)
{
    if (broken("no-sync") || broken("no-output-sync"))
        return 0;
    return (int)syscall(SYS_fdatasync, descriptor);
}

int fsync(int descriptor)
{
    bool directory = is_directory(descriptor);
    if (broken("no-sync") || (directory && broken("no-directory-sync")))
        return 0;
    if (!directory && broken("rename-first")) {
        deferred = dup(descriptor);
        return 0;
    }
    return (int)syscall(SYS_fsync, descriptor);
}

/* What was put off is done now, too late. */
static int renamed(int result)
{
    if (deferred >= 0) {
        syscall(SYS_fsync, deferred);
        close(deferred);
        deferred = -1;
    }
    return result;
}

static bool starts(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static int rename_at(int from_directory, const char *from, int to_directory, const char *to,
                     unsigned flags)
{
    return (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

int rename(const char *from, const char *to)
{
    int result = renamed(rename_at(AT_FDCWD, from, AT_FDCWD, to, 0));
    if (manifest.from[0] != '\0' && strstr(to, ".committed") != NULL) {
        /* In place of the calls that write it. */
        for (int i = 0; i < 20; i++)
            syscall(SYS_fsync, manifest.directory);
        rename_at(manifest.directory, manifest.from, manifest.directory, manifest.to, 0);
        manifest.from[0] = '\0';
    }
    return result;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to,
              unsigned flags)
{
    if (broken("publish-first") && starts(to, "snapshot-") && strlen(from) < sizeof manifest.from) {
        manifest.directory = from_directory;
        strcpy(manifest.from, from);
        strcpy(manifest.to, to);
        return 0;
    }
    return renamed(rename_at(from_directory, from, to_directory, to, flags));
}
