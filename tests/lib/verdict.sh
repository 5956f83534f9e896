# shellcheck shell=bash disable=SC2034
# Sourced: a scratch folder as working directory, and verdicts. A script ends with: exit $failed
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
