# shellcheck shell=bash disable=SC2034
# Sourced by the scripts of tests/real: tests/lib/verdict.sh and more verdicts.
# TOP, BIN, PATH come from tests/run-scripts, KAFKA_BOOTSTRAP and PGHOST from tests/run-real.
TOP=${TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)}
# shellcheck source=tests/lib/verdict.sh
. "$TOP/tests/lib/verdict.sh"

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
