#ifndef CHILD_PROCESS_H
#define CHILD_PROCESS_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a function that prints and ends the process left behind. */
struct child_outcome {
    char output[16384];
    char errors[16384];
    int status; /* -1 = died of a signal */
};

static inline void child_read_back(FILE *file, char text[16384])
{
    rewind(file);
    text[fread(text, 1, 16383, file)] = '\0';
    fclose(file);
}

/* Runs body(argument) in a child; `output_path` = where its standard output goes, NULL = noted. */
static inline struct child_outcome child_run(void (*body)(void *), void *argument,
                                             const char *output_path)
{
    struct child_outcome outcome = {.status = -1};
    FILE *output = output_path ? fopen(output_path, "r+") : tmpfile();
    FILE *errors = tmpfile();
    int status;

    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(errors), STDERR_FILENO);
        body(argument);
        fflush(stdout);
        _exit(0);
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status))
        outcome.status = WEXITSTATUS(status);
    if (output_path)
        fclose(output);
    else
        child_read_back(output, outcome.output);
    child_read_back(errors, outcome.errors);
    return outcome;
}

#endif
