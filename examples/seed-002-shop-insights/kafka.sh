#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 002 on Kafka and PostgreSQL: clicks and purchases in two topics, checkouts attributed to the
# first click of the ten minutes before in a third, and five tables by minute that are upserted while
# the minutes are still open.
#
#   MINUTES=90 RATE=2 SEED=1 OUT=shop-insights examples/seed-002-shop-insights/kafka.sh
#
# The events are those of the last MINUTES, sent as fast as they go. OUT keeps them, with the users
# and products. KAFKA_BOOTSTRAP and PGHOST (or PGSERVICE, PGDATABASE) name a broker and a database that
# are there; else both are started for the run, and the tables are shown at its end.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
# shellcheck source=tests/real/lib/kafka.sh
. "$top/tests/real/lib/kafka.sh"
# shellcheck source=tests/real/lib/postgres.sh
. "$top/tests/real/lib/postgres.sh"
minutes=${MINUTES:-90} rate=${RATE:-2} seed=${SEED:-1} out=${OUT:-shop-insights}
clicks=${PREFIX:-seed-002-$$}-clicks purchases=${PREFIX:-seed-002-$$}-purchases
checkouts=${PREFIX:-seed-002-$$}-checkouts partitions=3
trap kafka_stop EXIT
kafka_start
# shellcheck disable=SC2119 # no settings
[ -n "${PGHOST:-}${PGSERVICE:-}${PGDATABASE:-}" ] || postgres_start
psql() { command psql -qX -v ON_ERROR_STOP=1 "$@"; }
psql -c 'SET client_min_messages = warning' -f "$here/schema.sql"
mkdir -p "$out"

begin=$(date -u -d "$minutes minutes ago" +%FT%TZ)
evgen --seed "$seed" users >"$out/users.ndjson"
evgen --seed "$seed" products >"$out/products.ndjson"
evgen --seed "$seed" --speed max --start "$begin" --duration "${minutes}m" --rate "$rate" shop \
    >"$out/shop.ndjson"
click_count=$(grep -c '^{"stream":"clicks"' "$out/shop.ndjson")
purchase_count=$(grep -c '^{"stream":"purchases"' "$out/shop.ndjson")

# consume TOPIC COUNT: ends after COUNT messages; without it, it would go on for ever.
consume() { stdbuf -oL kcat -C -b "$KAFKA_BOOTSTRAP" -t "$1" -o beginning -c "$2" -q -E -J; }
# produce TOPIC
produce() { kcat -P -b "$KAFKA_BOOTSTRAP" -t "$1" -K '\t' -E -q -X enable.idempotence=true; }

# Names of table members, and money as exact decimals.
enrich='source=.attributed.source, gender=$user[.user_id].gender,
    category=$product[.product_id].category,
    total_cost=$product[.product_id].price * .quantity * (1 - .discount) + .shipping_cost,
    profit=(.total_cost - .shipping_cost) * $product[.product_id].commission_rate'

# Topics are read from the start, one partition's history before the other's, so that the watermark
# has to wait until each has been seen: partitions are named as streams and awaited.
attribute() {
    local streams='' topic partition
    for topic in "$clicks" "$purchases"; do
        for ((partition = 0; partition < partitions; partition++)); do
            streams+=,$topic/$partition
        done
    done
    evattr -J --touch '.stream == "clicks"' --conversion '.stream == "purchases"' --model first \
        --within 10m --stream '$topic + "/" + ($partition | tostring)' --streams "${streams#,}" \
        --table user="$out/users.ndjson:.user_id" \
        --table product="$out/products.ndjson:.product_id" --calc "$enrich" --kcat-key .user_id \
        <(consume "$clicks" "$click_count") <(consume "$purchases" "$purchase_count") |
        produce "$checkouts"
}

# by_minute TABLE KEY COLUMNS AGGREGATES CONDITION: a table by minute; inner joins, as the original has
# them, so only attributed purchases of known users and products count.
by_minute() {
    consume "$checkouts" "$purchase_count" |
        evwindow -J -w 1m -d 1m --emit update --every 10s ${2:+-b ".$2"} -a "$4" \
            --where "(.attributed and .gender and .category) and $5" |
        evsql --pg --into "$1" --primary-key "time${2:+,$2}" \
            --select "time:timestamptz=.window_end,${2:+$2:text=.$2,}$3,rev:bigint=.rev" |
        psql
}

kafka_topic "$clicks" "$partitions"
kafka_topic "$purchases" "$partitions"
kafka_topic "$checkouts" 1
running=()
start() {
    "$@" &
    running+=($!)
}
success='.payment_status == "success"'
start by_minute source_count source total:bigint=.total total=count "$success"
start by_minute category_count category total:bigint=.total total=count "$success"
start by_minute gender_count gender total:bigint=.total total=count "$success"
start by_minute revenue '' revenue:numeric=.revenue,profit:numeric=.profit,quantity:bigint=.quantity \
    'revenue=sum(.total_cost), profit=sum(.profit), quantity=sum(.quantity)' "$success"
start by_minute fail_count description total:bigint=.total total=count '.payment_status != "success"'
start attribute
for stream in clicks purchases; do
    evreplay --speed max --where ".stream == \"$stream\"" --kcat-key .user_id "$out/shop.ndjson" |
        produce "${!stream}"
done
for pid in "${running[@]}"; do wait "$pid"; done

for table in source_count category_count gender_count fail_count; do
    psql -At -c "SELECT '$table', sum(total) FROM $table"
done
psql -At -c "SELECT 'revenue', sum(revenue), sum(profit), sum(quantity) FROM revenue"
