# shellcheck shell=bash
# Sourced by cases that wait for a tool, however slow the machine is; the case's time limit ends it.

# until_asleep PID: it heeds signals and waits for something.
until_asleep() {
    until grep -q '^State:.S' "/proc/$1/status" && ! grep -q '^SigCgt:.0*$' "/proc/$1/status" &&
        grep -q '^ev' "/proc/$1/cmdline"; do
        sleep .01
    done
}

# until_counted PID FILE TEXT: its counters, which SIGUSR1 adds to FILE, where its standard error goes,
# hold TEXT. told FILE: what else stands there, to standard error.
until_counted() {
    until_asleep "$1"
    until grep -qF "$3" "$2"; do
        kill -USR1 "$1"
        sleep .02
    done
    until_asleep "$1"
}
told() {
    sed '/^{/d' "$1" >&2
}
