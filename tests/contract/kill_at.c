/* kill_at N COMMAND...: kills the command with SIGKILL at its Nth system call, before that does
   anything; calls are counted over all its threads, from the first mkdir(2) on. Ends with 137 if it
   was killed, else like the command. strace counts per thread and per call: most calls of a second
   thread it cannot name. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t start(char **command)
{
    pid_t child = fork();
    if (child != 0)
        return child;
    ptrace(PTRACE_TRACEME, 0, NULL, NULL);
    raise(SIGSTOP);
    execv(command[0], command);
    _exit(127);
}

/* Whether the thread stands before a system call that counts. */
static bool counts(pid_t thread, bool *begun)
{
    struct __ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof info, &info) <= 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return false;
    *begun = *begun || info.entry.nr == SYS_mkdir || info.entry.nr == SYS_mkdirat;
    return *begun;
}

/* A signal of its own is handed on; those that tracing makes are not. */
static int signal_for(int status)
{
    int number = WSTOPSIG(status);
    return number == (SIGTRAP | 0x80) || number == SIGTRAP || number == SIGSTOP ? 0 : number;
}

int main(int argc, char **argv)
{
    unsigned long left = argc > 2 ? strtoul(argv[1], NULL, 10) : 0;
    bool begun = false;
    int status;
    pid_t thread;
    if (left == 0) {
        fprintf(stderr, "usage: kill_at N COMMAND...\n");
        return 2;
    }
    pid_t child = start(argv + 2);
    if (child < 0 || waitpid(child, &status, 0) != child ||
        ptrace(PTRACE_SETOPTIONS, child, NULL,
               PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL) != 0)
        return 2;
    ptrace(PTRACE_SYSCALL, child, NULL, NULL);
    while ((thread = waitpid(-1, &status, __WALL)) > 0) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread == child)
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        if (left > 0 && WSTOPSIG(status) == (SIGTRAP | 0x80) && counts(thread, &begun) &&
            --left == 0)
            kill(child, SIGKILL);
        ptrace(PTRACE_SYSCALL, thread, NULL, (void *)(long)signal_for(status));
    }
    return errno == ECHILD ? 137 : 2;
}
