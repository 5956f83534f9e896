#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 004 for good: both topics into the table, through kills of anything and restarts of the broker,
# without a row lost, doubled or wrong. Runs until it is ended; FOLDER keeps all there is to keep.
#
#   examples/seed-004-page-view-attribution/durable.sh BROKER CLICKS VIEWS FOLDER
#
# Two stages, each in a loop that starts it anew, hand over a file: evattr with --state writes each of
# its answers exactly once into it; evsql reads it as it grows, after a restart from its beginning,
# and what the table knows already is passed over by rev.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
broker=$1 clicks=$2 views=$3 folder=$4
mkdir -p "$folder"
answers=$folder/attributed.ndjson table=$folder/attributed.db

attribute() {
    "$top/examples/lib/from-kafka" "$broker" "$folder/state" "$clicks" "$views" -- \
        evattr --snapshot-every 1s --partition '$partition' --stream '$topic' \
        --streams "$clicks,$views" -t .event_time:utc --touch .click_id --conversion .url \
        --within 30m -d 2m --emit update -o "$answers"
}

# Both end if one does: an evsql that has nothing to write would not notice the death of its reader.
store() {
    local status=0
    rm -f "$folder/sql"
    mkfifo "$folder/sql"
    evsql --sqlite --create --into attributed_page_views --primary-key page_view_id --select '
        page_view_id:text=.event_id, user_id:text=.user_id, event_time:text=.event_time + "Z",
        attributed_campaign_id:text=.attributed.campaign_id,
        attributed_click_id:text=.attributed.click_id, rev:bigint=.rev' \
        --follow "$answers" >"$folder/sql" &
    sqlite3 -bail "$table" <"$folder/sql" &
    wait -n || status=$?
    # shellcheck disable=SC2046 # a list of processes
    kill $(jobs -p) 2>/dev/null || :
    wait || :
    return $((status == 0 ? 1 : status))
}

# always STAGE: its status is told, whatever it is, and it is started anew.
always() {
    while :; do
        status=0
        (set -e && "$1") || status=$?
        echo "$1: ended with status $status, started anew" >&2
        sleep 0.5
    done
}

# Each loop with all below it is a process group of its own, which %1 and %2 mean.
set -m
always attribute &
always store &
trap 'kill %1 %2 2>/dev/null; wait' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
wait
