#ifndef STREAM_SIGNALS_H
#define STREAM_SIGNALS_H

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* SIGINT, SIGTERM: noted once; the second one ends the process at once. SIGUSR1, SIGUSR2, SIGHUP:
   noted. SIGPIPE is ignored. A signal that was ignored when the tool started (nohup) stays so. */
void signals_install(void);

/* The SIGINT or SIGTERM that came, 0 = none. */
int signals_end(void);

/* True once for each SIGUSR1 (or SIGHUP, SIGUSR2) that came since the last call. */
bool signals_take(int signal_number);

/* poll(2) that a signal noted before or during it wakes without a race. `until` = wall clock ns at
   which to return, INT64_MAX = never. Returns poll's result; 0 after a signal. */
int signals_poll(struct pollfd *descriptors, size_t count, int64_t until);

/* Ends the process by the signal, as if it had not been caught. */
_Noreturn void signals_die(int signal_number);

#endif
