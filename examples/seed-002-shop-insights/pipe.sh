#!/bin/bash
# Seed 002: which click led to each purchase (the user's first within ten minutes before it), what it
# earned, and five tables of the last hour, by minute.
#
#   DURATION=2h RATE=2 SEED=1 OUT=shop-insights examples/seed-002-shop-insights/pipe.sh [text|original]
#
# text: the earliest click in the ten minutes before the purchase, as the description says.
# original: as the program does it, the earliest click of each ten-minute tumbling window, joined to
# the purchases up to ten minutes behind it; a purchase may then find two clicks, or none.
# OUT gets users, products, the stream, the attributed checkouts and the five tables.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=${BIN:-$here/../../bin}:$PATH
variant=${1:-text} out=${OUT:-shop-insights} seed=${SEED:-1}
mkdir -p "$out"
cd "$out"
evgen --seed "$seed" users >users.ndjson
evgen --seed "$seed" products >products.ndjson
evgen --seed "$seed" --speed max --duration "${DURATION:-2h}" --rate "${RATE:-2}" shop >shop.ndjson

# Names of table members, and money as exact decimals.
# shellcheck disable=SC2016 # jq has its own variables
enrich='source=.attributed.source, gender=$user[.user_id].gender,
    category=$product[.product_id].category,
    total_cost=$product[.product_id].price * .quantity * (1 - .discount) + .shipping_cost,
    profit=(.total_cost - .shipping_cost) * $product[.product_id].commission_rate'
tables=(--table user=users.ndjson:.user_id --table product=products.ndjson:.product_id)

attribute_text() {
    evattr --touch '.stream == "clicks"' --conversion '.stream == "purchases"' --model first \
        --within 10m "${tables[@]}" --calc "$enrich" shop.ndjson
}

attribute_original() {
    evwindow --where '.stream == "clicks"' -w 10m -b .user_id -a 'click=first(.)' shop.ndjson |
        evreplay --speed max -t .click.event_time_ns --select \
            'stream="first", .user_id, attributed=.click, event_time_ns=.click.event_time_ns' >first-clicks.ndjson
    evreplay --speed max --where '.stream == "purchases"' shop.ndjson >purchases.ndjson
    evjoin -k .user_id --within 0..10m -d 20m --flat "${tables[@]}" \
        first-clicks.ndjson purchases.ndjson --calc "stream=\"purchases\", $enrich"
}

"attribute_$variant" >checkouts-all.ndjson
# Inner joins: only attributed purchases of known users and products go on.
evreplay --speed max --where '.attributed and .gender and .category' checkouts-all.ndjson \
    >checkouts.ndjson

# The last hour, anew each minute; pairs of the original come out of order by as much as its windows
# hold clicks back; a row's time is the end of its window.
hour() {
    name=$1
    shift
    evwindow -w 1h/1m -d 30m "$@" checkouts.ndjson >"$name.ndjson"
}
success='.payment_status == "success"'
hour source_count --where "$success" -b .source -a total=count
hour category_count --where "$success" -b .category -a total=count
hour gender_count --where "$success" -b .gender -a total=count
hour revenue --where "$success" -a 'revenue=sum(.total_cost), profit=sum(.profit), quantity=sum(.quantity)'
hour fail_count --where ".payment_status != \"success\"" -b .description -a total=count
wc -l ./*.ndjson | sed '$d'
tail -n 1 revenue.ndjson
