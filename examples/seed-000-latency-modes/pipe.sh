#!/bin/bash
# Seed 000: requests and their acknowledgements matched record by record, and the same traffic matched
# in micro-batches; latency of both side by side.
#
#   DURATION=10s RATE=1000 TIMEOUT=2m BATCH=500ms SEED=1 OUT=latency-modes examples/seed-000-latency-modes/pipe.sh
#
# Latency is sink time - max(request time, acknowledgement time). The matched records stay in OUT, with
# both reports and the chart as SVG.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
duration=${DURATION:-10s} rate=${RATE:-1000} timeout=${TIMEOUT:-2m} batch=${BATCH:-500ms}
out=${OUT:-latency-modes}
mkdir -p "$out"

# The record of the original, and event_time_ns, the later of the two times, for evlatency.
# shellcheck disable=SC2016 # jq has its own variables
record='transaction_id=.key,
    key_request=.request.key, record_timestamp_request=.request.timestamp,
    value_request=.request.value,
    key_ack=.ack.key, record_timestamp_ack=.ack.timestamp, value_ack=.ack.value,
    etl_timestamp=$now, .event_time_ns'

# run NAME OPTION...: the traffic through evjoin, live.
run() {
    name=$1
    shift
    evgen --seed "${SEED:-1}" --mmpp --rate "$rate" --duration "$duration" --share unmatched=.3 \
        --ack-delay 0..1s |
        evjoin --timeout "$timeout" --names request,ack --select "$record" "$@" |
        evlatency --pass --format json -o "$out/$name.json" >"$out/$name.ndjson"
}

echo "Record by record, $duration at $rate records per second ..."
run realtime
echo "In micro-batches of $batch ..."
run microbatch --every "$batch"

echo
evlatency --compare "$out/realtime.json" "$out/microbatch.json"
evlatency --compare "$out/realtime.json" "$out/microbatch.json" --format svg -o "$out/comparison.svg"
echo
echo "Drawn as $out/comparison.svg; a matched record:"
head -n 1 "$out/realtime.ndjson"
