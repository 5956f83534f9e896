#include "stream/signals.h"

#include "time/clock.h"
#include "time/timestamp.h"

#include <stdlib.h>
#include <unistd.h>

/* What a handler can reach must be global; everybody else asks through the functions below. */
static volatile sig_atomic_t end_signal;
static volatile sig_atomic_t noted[NSIG];

static void on_end_signal(int number)
{
    if (end_signal != 0) {
        signal(number, SIG_DFL);
        raise(number);
    }
    end_signal = number;
}

static void on_noted(int number)
{
    noted[number] = 1;
}

static void install(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_NODEFER};
    struct sigaction former;
    sigemptyset(&action.sa_mask);
    if (sigaction(number, NULL, &former) == 0 && former.sa_handler == SIG_IGN && number != SIGPIPE)
        return;
    sigaction(number, &action, NULL);
}

void signals_install(void)
{
    install(SIGINT, on_end_signal);
    install(SIGTERM, on_end_signal);
    install(SIGUSR1, on_noted);
    install(SIGUSR2, on_noted);
    install(SIGHUP, on_noted);
    install(SIGPIPE, SIG_IGN);
}

int signals_end(void)
{
    return end_signal;
}

bool signals_take(int number)
{
    bool came = noted[number] != 0;
    noted[number] = 0;
    return came;
}

static bool anything_noted(void)
{
    return end_signal != 0 || noted[SIGUSR1] != 0 || noted[SIGUSR2] != 0 || noted[SIGHUP] != 0;
}

int signals_poll(struct pollfd *descriptors, size_t count, int64_t until)
{
    sigset_t all;
    sigset_t former;
    struct timespec timeout;
    int64_t left = until == INT64_MAX ? 0 : until - clock_wall();
    int result = 0;
    if (left < 0)
        left = 0;
    timeout.tv_sec = left / NS_PER_SECOND;
    timeout.tv_nsec = left % NS_PER_SECOND;
    sigfillset(&all);
    /* Between the look at the notes and the wait no signal may slip in. */
    sigprocmask(SIG_BLOCK, &all, &former);
    if (!anything_noted())
        result = ppoll(descriptors, count, until == INT64_MAX ? NULL : &timeout, &former);
    sigprocmask(SIG_SETMASK, &former, NULL);
    return result < 0 ? 0 : result;
}

void signals_die(int number)
{
    sigset_t set;
    signal(number, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(number);
    _exit(128 + number);
}
