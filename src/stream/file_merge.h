#ifndef STREAM_FILE_MERGE_H
#define STREAM_FILE_MERGE_H

#include "stream/intake.h"

/* Regular files in one order: by the event time of the record that each has at hand, then by
   operand. What has no place in time (a rejected record, or all where no time is read) comes at
   once. Any number of files costs a few comparisons per record. */
struct file_merge {
    struct input **files; /* heap; files[0] has the next record */
    size_t count;
    bool timed; /* event times are read */
};

/* files: room for as many as there will be. */
void file_merge_init(struct file_merge *merge, size_t files, bool timed);
void file_merge_free(struct file_merge *merge);

/* A file that has an event at hand, as those do that are in the merge already. */
void file_merge_add(struct file_merge *merge, struct input *input);

/* The file whose turn it is, NULL = none; and the one whose turn comes when that one is done. */
struct input *file_merge_first(const struct file_merge *merge);
const struct input *file_merge_second(const struct file_merge *merge);

/* The first one has another event at hand than before; or it has ended and leaves. */
void file_merge_advance(struct file_merge *merge);
void file_merge_drop(struct file_merge *merge);

/* Whether it is the turn of `input` before that of `other`; NULL = there is no other. */
bool file_merge_precedes(const struct file_merge *merge, const struct input *input,
                         const struct input *other);

#endif
