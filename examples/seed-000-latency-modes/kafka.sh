#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 000 through Kafka: requests and acknowledgements go to one topic, matched records to another,
# once record by record and once in micro-batches; latency is the broker's own, from the later of the
# two records' time stamps to that of the match.
#
#   RATE=100 SECONDS_LONG=10 BATCH=500ms SEED=1 OUT=latency-modes examples/seed-000-latency-modes/kafka.sh
#
# The first WARMUP (2s), in which the kcats connect, is left out of the latency.
# KAFKA_BOOTSTRAP names a broker that is there; else one is started for the run. Topics begin with
# PREFIX. OUT gets per run the matched records as they stand in the topic, the report, and the chart.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
# shellcheck source=tests/real/lib/kafka.sh
. "$top/tests/real/lib/kafka.sh"
rate=${RATE:-100} length=${SECONDS_LONG:-10} timeout=${TIMEOUT:-2m} batch=${BATCH:-500ms}
warmup=${WARMUP:-2s}
out=${OUT:-latency-modes} prefix=${PREFIX:-seed-000-$$}
count=$((rate * length))
trap kafka_stop EXIT
kafka_start
mkdir -p "$out"

# The payload stands alone in the topic; what else the match needs, the broker adds.
request='.value.ad_id, .value.batchId, .value.campaign_id, .value.bid, .value.user, .value.device'
acknowledgement='.value.ad_id, .value.batchId, .value.status, .value.delivery_time'
input='value=., key=$key, type=$headers.record_type, timestamp=$ts, partition=$partition'

# send TYPE PAYLOAD TOPIC: kcat's -H holds for all it sends, so each record type has a producer of its own.
send() {
    evreplay --speed max --where ".type == $1" --kcat-key .key --select "$2" |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "$3" -K '\t' -H "record_type=$1" -E -q \
            -X enable.idempotence=true
}

record='transaction_id=.key,
    key_request=.request.key, record_timestamp_request=.request.timestamp,
    value_request=.request.value,
    key_ack=.ack.key, record_timestamp_ack=.ack.timestamp, value_ack=.ack.value,
    etl_timestamp=$now, .event_time_ns'

# match REQUESTS MATCHES OPTION...: ends when all has been read, whatever the partitions hold.
match() {
    local requests=$1 matches=$2
    shift 2
    stdbuf -oL kcat -C -b "$KAFKA_BOOTSTRAP" -t "$requests" -o beginning -c "$count" -q -E -J |
        evreplay -J --speed max -t '$ts:ms' --select "$input" |
        evjoin -t .timestamp:ms --stream .partition --timeout "$timeout" --idle-timeout 10s \
            --left '.type == "2"' --right '.type == "1"' --names request,ack \
            --select "$record" --kcat-key .key "$@" |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "$matches" -K '\t' -E -q
}

# run NAME OPTION...
run() {
    local name=$1 requests=$prefix-$1-requests matches=$prefix-$1-matches matcher sender
    shift
    kafka_topic "$requests" 3 message.timestamp.type=LogAppendTime
    kafka_topic "$matches" 1 message.timestamp.type=LogAppendTime
    rm -f "$out/both-types"
    mkfifo "$out/both-types"
    match "$requests" "$matches" "$@" &
    matcher=$!
    send 2 "$request" "$requests" <"$out/both-types" &
    sender=$!
    evgen --seed "${SEED:-1}" --rate "$rate" --count "$count" --share unmatched=.3 \
        --ack-delay 0..1s --truth "$out/$name.truth" |
        tee "$out/both-types" | send 1 "$acknowledgement" "$requests"
    wait "$sender"
    wait "$matcher"
    rm "$out/both-types"
    kcat -C -b "$KAFKA_BOOTSTRAP" -t "$matches" -o beginning -e -q -E -J >"$out/$name.kcat"
    evlatency -J --to '$ts:ms' --warmup "$warmup" --format json -o "$out/$name.json" "$out/$name.kcat"
}

echo "Record by record, $count records, $rate per second ..."
run realtime
echo "In micro-batches of $batch ..."
run microbatch --every "$batch"

echo
evlatency --compare "$out/realtime.json" "$out/microbatch.json"
evlatency --compare "$out/realtime.json" "$out/microbatch.json" --format svg -o "$out/comparison.svg"
echo
echo "Drawn as $out/comparison.svg; a matched record as it stands in the topic:"
head -n 1 "$out/realtime.kcat"
