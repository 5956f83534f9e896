#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 004 on Kafka and SQLite: ad clicks and page views in two topics of PARTITIONS partitions each, each
# partition with a watermark of its own; a page view is written at once and corrected while it can
# change. Prints the table attributed_page_views.
#
#   PARTITIONS=3 OUT=page-views examples/seed-004-page-view-attribution/kafka.sh [CLICKS VIEWS]
#
# OUT gets the database. KAFKA_BOOTSTRAP names a broker that is there; else one is started for the run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
# shellcheck source=tests/real/lib/kafka.sh
. "$top/tests/real/lib/kafka.sh"
click_file=${1:-$here/ad-clicks.ndjson} view_file=${2:-$here/page-views.ndjson}
clicks=${PREFIX:-seed-004-$$}-ad_clicks views=${PREFIX:-seed-004-$$}-page_views
partitions=${PARTITIONS:-3} out=${OUT:-page-views}
trap kafka_stop EXIT
kafka_start
mkdir -p "$out"

kafka_topic "$clicks" "$partitions"
kafka_topic "$views" "$partitions"
# One key, one partitioner, as many partitions: the clicks of a user and the page views lie in partitions
# of the same number.
for side in "$clicks $click_file" "$views $view_file"; do
    evreplay --speed max -t .event_time:utc --kcat-key .user_id "${side#* }" |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "${side%% *}" -K '\t' -E -q -X enable.idempotence=true
done

# read TOPIC: all that is there now.
read_topic() { kcat -C -b "$KAFKA_BOOTSTRAP" -t "$1" -o beginning -e -q -E -J; }
evattr -J --partition '$partition' --stream '$topic' --streams "$clicks,$views" -t .event_time:utc \
    --touch .click_id --conversion .url --within 30m -d 2m --emit update \
    <(read_topic "$clicks") <(read_topic "$views") |
    evsql --sqlite --create --into attributed_page_views --primary-key page_view_id --select '
        page_view_id:text=.event_id, user_id:text=.user_id, event_time:text=.event_time + "Z",
        attributed_campaign_id:text=.attributed.campaign_id,
        attributed_click_id:text=.attributed.click_id, rev:bigint=.rev' |
    sqlite3 -bail "$out/attributed.db"
sqlite3 -bail "$out/attributed.db" 'SELECT page_view_id, user_id, event_time, attributed_campaign_id,
    attributed_click_id FROM attributed_page_views ORDER BY page_view_id'
