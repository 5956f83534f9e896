#!/bin/sh
# What `make demo` runs: from a bare machine to the headline pipeline, live for ten seconds.
set -eu
cd "$(dirname "$0")/.."
.ci/install-packages build
make --no-print-directory -s -j"$(nproc)" all
PATH=$PWD/bin:$PATH
# A bare machine names no locale; its terminal draws the bars all the same.
export LANG="${LANG:-C.UTF-8}"

show() {
    printf '\n$ %s\n' "$1"
    eval "$1"
}

echo "Requests and their acknowledgements, bursty, 1000 records per second for ten seconds; each"
echo "acknowledgement is matched with its request, the latency of the matches is measured:"
show 'evgen --mmpp --duration 10s | evjoin --timeout 2m | evlatency'
