#ifndef STREAM_FILE_IDENTITY_H
#define STREAM_FILE_IDENTITY_H

#include "ndjson/byte_source.h"

#include <stdbool.h>
#include <stdint.h>

/* What a regular file is recognised by in a later run, whatever its name then is: device and inode,
   and, because an inode number is given to another file once its file is deleted, when it was made
   and the first bytes. A pipe is recognised by these alone. */
struct file_identity {
    uint64_t device; /* 0 = a pipe */
    uint64_t inode;
    int64_t birth;        /* ns since 1970; 0 = the file system does not tell */
    uint64_t head_length; /* bytes, at most BYTE_HEAD_SIZE */
    uint64_t head_hash;   /* XXH3 64 of them */
};

/* Of an open regular file. The head is what the file holds now before byte `limit`: what lies
   behind a committed length may be taken back, and come again otherwise. false: errno. */
bool file_identity_read(int descriptor, uint64_t limit, struct file_identity *identity);

/* Of a pipe of which `consumed` bytes were taken. */
struct file_identity pipe_identity(const struct byte_head *head, uint64_t consumed);

/* How an open file, or what came of a pipe so far, compares with an identity of the same device and
   inode. */
enum head_match {
    HEAD_SAME,
    HEAD_OTHER,
    HEAD_SHORTER /* there are fewer bytes than were hashed */
};
enum head_match file_identity_match(const struct file_identity *identity, int descriptor);
enum head_match pipe_identity_match(const struct file_identity *identity,
                                    const struct byte_head *head);

#endif
