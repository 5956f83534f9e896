# shellcheck shell=bash
# Sourced. in_order JOBS FUNCTION ARGUMENT...: calls the exported FUNCTION once for each ARGUMENT, JOBS
# at a time; what each prints comes in the order of the arguments, whichever ends first. Not 0 if one
# of them was not.
in_order() {
    local jobs=$1 function=$2 outputs status
    shift 2
    [ $# -gt 0 ] || return 0
    outputs=$(mktemp -d) || return 2
    echo 1 >"$outputs/next"
    # Not the shell's own background jobs: those would ignore SIGINT, and all that they start with them.
    printf '%s\n' "$@" | cat -n |
        xargs -P "$jobs" -L 1 bash -c 'in_order_one "$@"' in_order "$outputs" "$function"
    status=$?
    rm -rf "$outputs"
    return $status
}

in_order_one() { # OUTPUTS FUNCTION NUMBER ARGUMENT
    local next status
    ("$2" "$4") >"$1/$3.begun" 2>&1
    status=$?
    mv "$1/$3.begun" "$1/$3"
    (
        flock 9
        next=$(<"$1/next")
        while [ -e "$1/$next" ]; do
            cat "$1/$next"
            next=$((next + 1))
        done
        echo "$next" >"$1/next"
    ) 9>"$1/lock"
    [ $status = 0 ]
}
export -f in_order_one
