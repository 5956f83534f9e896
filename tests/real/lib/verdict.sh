# shellcheck shell=bash disable=SC2034
# Sourced by the scripts of tests/real: a scratch folder as working directory, and verdicts.
# TOP, BIN, PATH come from tests/run-scripts, KAFKA_BOOTSTRAP and PGHOST from tests/run-real.
TOP=${TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
failed=0

# verdict NAME PROBLEM: no problem is a pass.
verdict() {
    if [ -z "$2" ]; then
        echo "ok $1"
    else
        echo "not ok $1"
        printf '%s\n' "$2" | head -n 20 | cut -c 1-300 | sed 's/^/    /'
        failed=1
    fi
}

# same NAME EXPECTED ACTUAL: two files.
same() { verdict "$1" "$(diff -u "$2" "$3" 2>&1)"; }

# runs NAME COMMAND...: status 0 and nothing on standard error but lines that match $tolerated;
# standard output goes to the file out.
tolerated='^$'
runs() {
    local name=$1 status
    shift
    "$@" >out 2>err
    status=$?
    if [ $status = 0 ] && ! grep -vqE "$tolerated" err; then
        verdict "$name" ""
    else
        verdict "$name" "status $status: $(tail -n 15 err)"
        return 1
    fi
}
