#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 001 through Kafka: three producers, three partitions; the click-through rate of each campaign in
# windows of ten seconds goes to a results topic, and the latency is from the newest produce_time of
# the window to the broker's time stamp of its result, mean and 90th percentile. MMPP (five times the
# rate in bursts) and Poisson arrivals.
#
#   PRODUCERS=3 RATE=1000 SECONDS_LONG=60 SEED=100 OUT=ctr-producers examples/seed-001-ctr-producers/kafka.sh
#
# RATE is per producer and second. OUT gets per distribution what stands in the results topic, a report
# as text, the slowest result of each window in latency_report_{producers}_{events}_{distribution}.csv,
# and what came too late, on a machine that stalls for longer than DELAY (3s).
# KAFKA_BOOTSTRAP names a broker that is there; else one is started for the run.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
# shellcheck source=tests/real/lib/kafka.sh
. "$top/tests/real/lib/kafka.sh"
# shellcheck source=examples/lib/producers.sh
. "$top/examples/lib/producers.sh"
producers=${PRODUCERS:-3} rate=${RATE:-1000} length=${SECONDS_LONG:-60}
window=${WINDOW:-10s} delay=${DELAY:-3s} partitions=3
out=${OUT:-ctr-producers} prefix=${PREFIX:-seed-001-$$}
total=$((producers * rate * length))
trap kafka_stop EXIT
kafka_start
mkdir -p "$out"

# aggregate NAME EVENTS RESULTS: ends when all events and markers were read.
aggregate() {
    stdbuf -oL kcat -C -b "$KAFKA_BOOTSTRAP" -t "$2" -o beginning -q -E -J \
        -c $((total + producers * partitions)) |
        evwindow -J -w "$window" -d "$delay" --idle-timeout 10s \
            --late "$out/late_$1.ndjson" --end '.type == "END"' --end-count "$producers" \
            -b .campaign_id,.window_id \
            -a 'views=count(.event_type == "view"), clicks=count(.event_type == "click"),
                ctr=clicks/views, newest_ms=max(.produce_time)' --kcat-key .campaign_id |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "$3" -K '\t' -E -q
}

# run NAME ARRIVALS
run() {
    local source=$prefix-$1-events results=$prefix-$1-results aggregator
    local report=$out/latency_report_${producers}_${total}_$1.csv
    echo "$producers producers, $rate events per second each, $length s, $1 ..."
    kafka_topic "$source" "$partitions"
    kafka_topic "$results" 1 message.timestamp.type=LogAppendTime
    aggregate "$1" "$source" "$results" &
    aggregator=$!
    produce "$out" "$source" --seed "${SEED:-100}" "$2" --count "$total" \
        --rate $((producers * rate))
    wait "$aggregator"
    kcat -C -b "$KAFKA_BOOTSTRAP" -t "$results" -o beginning -e -q -E -J >"$out/results_$1.kcat"
    evlatency -J --from .newest_ms --to '$ts:ms' --stats avg,p90,max -o "$out/latency_$1.txt" \
        "$out/results_$1.kcat"
    evlatency -J --from .newest_ms --to '$ts:ms' -b .window_id --stats max --format csv \
        -o "$report" "$out/results_$1.kcat"
    cat "$out/latency_$1.txt"
    echo "$report:"
    cat "$report"
}

run mmpp --mmpp=5,.5,.5
run poisson --poisson
