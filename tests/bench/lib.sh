# shellcheck shell=bash disable=SC2034
# Sourced by the benches, which run from the project's top folder. N = records.
set -eu
N=${N:-10000000}
PAIRS=${PAIRS:-5}
cache=$PWD/.cache/bench
programs=$PWD/build/cc/bench
pairs=$PWD/tests/bench/pairs
PATH=$PWD/bin:$PATH
export LC_ALL=C.UTF-8
mkdir -p "$cache"

# row WHAT OURS PEER-NAME PEER RATIO: a line of the final table.
row() { printf '| %s | %s | %s | %s | %s |\n' "$1" "$2" "$3" "$4" "$5" >>"$cache/table"; }

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

# duckdb_python: the interpreter that has DuckDB, fetched into the bench's own folder.
duckdb_python() {
    local python=$cache/venv/bin/python
    if ! [ -x "$python" ] || ! "$python" -c 'import duckdb' 2>/dev/null; then
        echo "fetching DuckDB from PyPI into .cache/bench/venv" >&2
        python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install -q duckdb >&2
    fi
    echo "$python"
}
