#ifndef CLI_DIAGNOSTICS_H
#define CLI_DIAGNOSTICS_H

#include "cli/exit_status.h"

#include <stddef.h>

/* Messages for the person, on standard error, each one line: "evjoin: TEXT". The tool's name is
   glibc's program_invocation_short_name. A format that ends in ':' gets strerror(errno) appended.
   Control characters in the finished text come out escaped (\x1b), so that data quoted in a
   message cannot move the cursor; the line goes out in one write(2). */
void warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* warn(), then exit. */
_Noreturn void die(enum exit_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same from a signal handler: static text, no buffers, no exit handlers. */
_Noreturn void die_at_once(enum exit_status status, const char *text);

/* malloc, calloc and realloc that end the tool with STATUS_IO and one line when memory is out. */
void *allocate(size_t size);
void *allocate_zeroed(size_t count, size_t size);
void *reallocate(void *block, size_t size);
/* The same, at the beginning of a cache line. */
void *allocate_aligned(size_t size);
char *duplicate_text(const char *text);

/* A message being made for somebody else to print: `size` includes the final NUL, longer text is
   cut. Used by every parser that explains why a text is refused. */
struct error_text {
    char text[256];
};

/* Fills *error (if not NULL) and returns false, so that a parser can `return refuse(...)`. */
_Bool refuse(struct error_text *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
