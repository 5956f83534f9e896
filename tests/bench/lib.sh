# shellcheck shell=bash disable=SC2034
# Sourced by the benches, which run from the project's top folder. N = records.
set -eu
shopt -s inherit_errexit
N=${N:-10000000}
PAIRS=${PAIRS:-5}
cache=$PWD/.cache/bench
programs=$PWD/build/cc/bench
pairs=$PWD/tests/bench/pairs
PATH=$PWD/bin:$PATH
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mkdir -p "$cache"

# row WHAT OURS PEER-NAME PEER RATIO: a line of the final table.
row() { printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$5" >>"$cache/table"; }

# skip WHAT WHY: what the table does not have, told below it.
skip() {
    echo "skipped: $1: $2" >&2
    echo "Skipped: $1: $2." >>"$cache/skipped"
}

# rate COUNT SECONDS: "4.21 M/s".
rate() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%.2f M/s", n / s / 1e6 }'; }
gigabytes() { awk -v n="$1" -v s="$2" 'BEGIN { printf "%.2f GB/s", n / s / 1e9 }'; }

# data SCENARIO COUNT [OPTION...]: makes and names a file of that many records.
data() {
    local scenario=$1 count=$2
    shift 2
    local file
    file=$cache/$scenario-$count$(printf %s "$@").ndjson
    if [ ! -s "$file" ]; then
        evgen --seed 42 --speed max --count "$count" "$@" "$scenario" >"$file.part"
        mv "$file.part" "$file"
    fi
    cat "$file" >/dev/null # into the page cache
    echo "$file"
}

# scanner FILE "PATHS" [OPTION...]: millions of records that the scanner alone does in a second
# on one core.
scanner() {
    local file=$1 paths=$2
    shift 2
    # shellcheck disable=SC2086
    taskset -c 0 "$programs/scan_rate" -n 5 "$@" "$file" $paths | sed 's/.*, \([0-9.]*\) M records.*/\1/'
}

# beside_scanner WHAT COUNT FILE "PATHS" COMMAND: a command on one core and on all of them, beside the
# scanner alone on one core: with the file's bytes in memory, and reading the file. Taken in turn;
# medians.
beside_scanner() {
    local what=$1 count=$2 file=$3 paths=$4 ours="$5 >/dev/null" figures=$cache/beside-scanner
    for _ in $(seq "$PAIRS"); do
        echo "$("$pairs" -n 1 -c 0 "$ours") $("$pairs" -n 1 "$ours")" \
            "$(scanner "$file" "$paths") $(scanner "$file" "$paths" -r)"
    done | awk -v n="$count" '{ a = n / $1 / 1e6; b = n / $2 / 1e6
        print a, b, $3, $4, a / $3, b / $3, a / $4, b / $4 }' >"$figures"
    column_median() { cut -d ' ' -f "$1" "$figures" | sort -g |
        awk '{ v[NR] = $1 } END { printf "%.2f", v[int((NR + 1) / 2)] }'; }
    local memory="scanner alone, from memory, 1 core" reading="scanner alone, reading the file, 1 core"
    row "$what, 1 core" "$(column_median 1) M/s" "$memory" "$(column_median 3) M/s" "$(column_median 5)x"
    row "the same" "$(column_median 1) M/s" "$reading" "$(column_median 4) M/s" "$(column_median 7)x"
    row "$what, $(nproc) cores" "$(column_median 2) M/s" "$memory" "$(column_median 3) M/s" \
        "$(column_median 6)x"
    row "the same" "$(column_median 2) M/s" "$reading" "$(column_median 4) M/s" "$(column_median 8)x"
}

# duckdb_python: the interpreter that has DuckDB, fetched into the bench's own folder; 1 if it cannot be had.
duckdb_python() {
    local python=$cache/venv/bin/python
    if ! [ -x "$python" ] || ! "$python" -c 'import duckdb' 2>/dev/null; then
        echo "fetching DuckDB from PyPI into .cache/bench/venv" >&2
        rm -rf "$cache/venv"
        python3 -m venv "$cache/venv" >&2 && "$cache/venv/bin/pip" install -q duckdb >&2 || return 1
    fi
    echo "$python"
}
NO_DUCKDB="it could not be fetched from PyPI"

# sample_count: records for comparing whole answers, which takes a slow, exact program.
sample_count() { echo $((N < 200000 ? N : 200000)); }

# fastest COMMAND PLAN...: the plan with which "COMMAND PLAN >/dev/null" takes the least time; one plan: that.
# A %s in COMMAND stands for the plan.
fastest() {
    local command=$1 plan
    shift
    for plan in "$@"; do
        # shellcheck disable=SC2059 # the format is the command
        echo "$("$pairs" -n 1 "$(printf "$command" "$plan") >/dev/null") $plan"
    done | tee /dev/stderr | sort -g | sed -n '1s/.* //p'
}

# beside_duckdb WHAT COUNT OURS PEER DUCKDB-DOES: both on all cores, output to /dev/null.
beside_duckdb() {
    local a b ratio spread
    read -r a b ratio spread < <("$pairs" -n "$PAIRS" "$3 >/dev/null" "$4 >/dev/null")
    row "$1" "$(rate "$2" "$a")" "DuckDB, $5" "$(rate "$2" "$b")" "${ratio}x ($spread)"
}
