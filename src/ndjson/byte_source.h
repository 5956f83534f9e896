#ifndef NDJSON_BYTE_SOURCE_H
#define NDJSON_BYTE_SOURCE_H

#include "cli/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one input file or pipe, in large reads, with whole lines visible in place; zstd input is
   recognised by its magic and decompressed. */

enum byte_status {
    BYTES_LINES,    /* at least one whole line (or the unfinished last one) is visible */
    BYTES_WAIT,     /* nothing more now: a read would block, or skips a line of a pipe that may
                       have no end */
    BYTES_END,      /* the input has ended and everything was taken */
    BYTES_TOO_LONG, /* the line at `line` exceeds the limit; its first bytes are visible there, the
                      rest up to its LF is skipped by the next calls */
    BYTES_FAILED    /* read error or damaged zstd: see `error` */
};

/* What tells one input from another: how it begins. */
enum { BYTE_HEAD_SIZE = 4096 };
struct byte_head {
    size_t length;
    char bytes[BYTE_HEAD_SIZE];
};

struct byte_source {
    int descriptor;
    const char *name; /* as named on the command line; "stdin" */
    bool regular;     /* a regular file: has a position, and waits only when it is followed */
    bool compressed;  /* zstd */
    bool follow;      /* the end of a regular file is none: BYTES_WAIT, for it may grow */
    bool skipping;    /* `position` lies inside a line that was too long */
    uint64_t device;  /* of a regular file, as in stat(2) */
    uint64_t inode;
    uint64_t size;     /* bytes on disk of a regular file; 0 = unknown */
    uint64_t start;    /* where in a regular file reading began; 0 unless it is standard input */
    uint64_t consumed; /* bytes read from the descriptor so far, from `start` on */
    uint64_t allowed;  /* no byte of the file behind this one is read; UINT64_MAX = any */
    const char *line;  /* next byte to be taken */
    const char *limit; /* end of the whole lines visible; 64 bytes behind it are readable */
    uint64_t position; /* offset of `line` in the (decompressed) input, bytes from `start` on */
    size_t mark;       /* bytes of a byte order mark that lie right before `line` */
    struct error_text error;
    /* Gets what is skipped of lines that are too long, for who wants every byte; NULL = nobody. */
    void (*on_skip)(void *context, const char *bytes, size_t length);
    void *skip_context;
    struct byte_head *head;     /* gets the first bytes (decompressed); NULL = nobody wants them */
    struct byte_buffer *buffer; /* private */
};

/* Opens `name` ("-" = standard input). false: *error says why ("FILE: No such file or directory");
   errno is EINTR if a signal came while a FIFO waited for who writes to it.
   max_line: bytes without LF. A BOM at byte 0 is passed over. */
bool byte_source_open(struct byte_source *source, const char *name, uint64_t max_line,
                      struct error_text *error);
void byte_source_close(struct byte_source *source);

/* A source that is followed, whose file is not there yet: BYTES_WAIT until byte_source_replace().
 */
void byte_source_await(struct byte_source *source, const char *name, uint64_t max_line);

/* Another file takes the place of the present one, whose rest is dropped: `descriptor`, which now
   belongs to the source, read from where it stands. false: it cannot be read. */
bool byte_source_replace(struct byte_source *source, int descriptor, struct error_text *error);

/* Goes to `position` of a regular file, in a line that was too long if `skipping`; what lies before
   it in zstd data is decompressed and dropped. To be called before the first fill. false: see
   `error`; also when the file ends before. */
bool byte_source_seek(struct byte_source *source, uint64_t position, bool skipping);

/* Makes more whole lines visible once all visible ones were taken (`line` == `limit`), reading
   until there is one. Moves what is left of a partial line: pointers into the old lines die
   here. With `ready` false asks poll(2) first and returns BYTES_WAIT rather than wait for a pipe;
   `ready` says that poll(2) has just reported input: the first read is made without asking. */
enum byte_status byte_source_fill(struct byte_source *source, bool ready);

/* Whether a regular file begins like zstd data; where it cannot be read: false. */
bool byte_source_is_zstd(const struct byte_source *source);

/* Goes on at `position` of a regular file that is not compressed, whoever read from it meanwhile
   and whatever was visible; before a fill that then reads from there. false: see `error`. */
bool byte_source_rejoin(struct byte_source *source, uint64_t position);

/* Goes back to where a regular file was when it was opened; false: see `error`. */
bool byte_source_restart(struct byte_source *source);

/* Takes what lies before `next`: a line, or what BYTES_TOO_LONG shows. */
static inline void byte_source_take(struct byte_source *source, const char *next)
{
    source->position += (uint64_t)(next - source->line);
    source->line = next;
}

/* A poll(2) descriptor to wait on after BYTES_WAIT. */
int byte_source_descriptor(const struct byte_source *source);

#endif
