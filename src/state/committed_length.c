#include "state/committed_length.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum committed_found committed_length_read(const char *name, struct committed_length *committed,
                                           struct error_text *error)
{
    char path[4096];
    FILE *file;
    int found;
    snprintf(path, sizeof path, "%s.committed", name);
    file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT ? COMMITTED_ABSENT : COMMITTED_FAILED;
    found = fscanf(file, "{\"length\":%" SCNu64 ",\"device\":%" SCNu64 ",\"inode\":%" SCNu64 "}",
                   &committed->length, &committed->device, &committed->inode);
    fclose(file);
    if (found == 3)
        return COMMITTED_READ;
    refuse(error, "%s: damaged", path);
    return COMMITTED_FAILED;
}
