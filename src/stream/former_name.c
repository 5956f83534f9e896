#include "stream/former_name.h"

#include "cli/diagnostics.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static DIR *open_folder(const char *name)
{
    const char *slash = strrchr(name, '/');
    char *folder = duplicate_text(slash == NULL ? "." : name);
    DIR *directory;
    if (slash != NULL)
        folder[slash == name ? 1 : slash - name] = '\0';
    directory = opendir(folder);
    free(folder);
    return directory;
}

static int open_if_same(int folder, const struct dirent *entry,
                        const struct file_identity *identity)
{
    struct stat status;
    int descriptor;
    if (entry->d_ino != identity->inode ||
        fstatat(folder, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(status.st_mode) || status.st_dev != identity->device)
        return -1;
    descriptor = openat(folder, entry->d_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (descriptor >= 0 && file_identity_match(identity, descriptor) != HEAD_SAME) {
        close(descriptor);
        return -1;
    }
    return descriptor;
}

int former_name_open(const char *name, const struct file_identity *identity)
{
    DIR *directory = open_folder(name);
    const struct dirent *entry;
    int descriptor = -1;
    while (directory != NULL && descriptor < 0 && (entry = readdir(directory)) != NULL)
        descriptor = open_if_same(dirfd(directory), entry, identity);
    if (directory != NULL)
        closedir(directory);
    return descriptor;
}
