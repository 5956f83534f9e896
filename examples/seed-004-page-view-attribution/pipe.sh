#!/bin/bash
# Seed 004: each page view goes to the newest ad click of its user in the half hour before it.
# Prints the table attributed_page_views: page_view_id|user_id|event_time|campaign|click.
# --emit update writes an answer at once and corrects it: the table keeps the last one of each id,
# as INSERT OR REPLACE does. Real SQLite does it if it is there.
#   examples/seed-004-page-view-attribution/pipe.sh [final|update] [CLICKS.ndjson PAGE-VIEWS.ndjson]
# The live view of the original, per partition, is one line:
#   watch.sh evattr.prom     beside evattr ... --metrics evattr.prom
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$here/../../bin:$PATH
mode=${1:-update}
clicks=${2:-$here/ad-clicks.ndjson}
views=${3:-$here/page-views.ndjson}

attribute() {
    evattr --touch .click_id --conversion .url --within 30m -d 2m --emit "$mode" \
        -t .event_time:utc ${METRICS:+--metrics "$METRICS"} "$clicks" "$views"
}

row='[.event_id, .user_id, .event_time + "Z", .attributed.campaign_id, .attributed.click_id]'
if command -v sqlite3 >/dev/null; then
    {
        echo 'CREATE TABLE attributed_page_views(page_view_id TEXT PRIMARY KEY, user_id TEXT,
              event_time TEXT, attributed_campaign_id TEXT, attributed_click_id TEXT);'
        attribute | jq -r "$row"' | map(if . == null then "NULL" else
            "'\''" + gsub("'\''"; "'\'\''") + "'\''" end) | join(",") |
            "INSERT OR REPLACE INTO attributed_page_views VALUES (" + . + ");"'
        echo 'SELECT * FROM attributed_page_views ORDER BY page_view_id;'
    } | sqlite3
else
    attribute | jq -rs "map($row)"' | reduce .[] as $row ({}; .[$row[0]] = $row) | to_entries |
        sort_by(.key)[].value | map(. // "") | join("|")'
fi
