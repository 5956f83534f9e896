#!/bin/bash
# shellcheck disable=SC2016 # jq has its own variables
# Seed 003 through Kafka: three producers, three partitions, END markers; the click-through rate of each
# campaign in windows of ten seconds goes to a results topic, whose broker time stamps, less the newest
# event of the window, are the latency. MMPP and Poisson arrivals.
#
#   PRODUCERS=3 EVENTS=5000 SECONDS_LONG=60 SEED=1 OUT=ctr-windows examples/seed-003-ctr-windows/kafka.sh
#
# EVENTS is per producer. OUT gets latency_report_{producers}_{events}_{distribution}.csv, with
# window_id,max_latency_ms, what stands in the results topic, and what came too late. WINDOW and DELAY are 10s and 3s.
# KAFKA_BOOTSTRAP names a broker that is there; else one is started for the run.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
# shellcheck source=tests/real/lib/kafka.sh
. "$top/tests/real/lib/kafka.sh"
# shellcheck source=examples/lib/producers.sh
. "$top/examples/lib/producers.sh"
producers=${PRODUCERS:-3} events=${EVENTS:-5000} length=${SECONDS_LONG:-60}
window=${WINDOW:-10s} delay=${DELAY:-3s} partitions=3
out=${OUT:-ctr-windows} prefix=${PREFIX:-seed-003-$$}
total=$((producers * events))
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
                ctr=clicks/(views+1), newest_ns=max(.event_time_ns)' --kcat-key .campaign_id |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "$3" -K '\t' -E -q
}

for distribution in mmpp poisson; do
    report=$out/latency_report_${producers}_${total}_$distribution.csv
    source=$prefix-$distribution-events results=$prefix-$distribution-results
    echo "$producers producers, $total events in $length s, $distribution ..."
    kafka_topic "$source" "$partitions"
    kafka_topic "$results" 1 message.timestamp.type=LogAppendTime
    aggregate "$distribution" "$source" "$results" &
    aggregator=$!
    produce "$out" "$source" --seed "${SEED:-1}" --$distribution --count "$total" \
        --rate "$(jq -n "$total / $length")"
    wait "$aggregator"
    kcat -C -b "$KAFKA_BOOTSTRAP" -t "$results" -o beginning -e -q -E -J \
        >"$out/results_$distribution.kcat"
    evlatency -J --from .newest_ns --to '$ts:ms' -b .window_id --stats max --format csv \
        -o "$report" "$out/results_$distribution.kcat"
    echo "$report:"
    cat "$report"
done
echo "A result as it stands in the topic:"
head -n 1 "$out/results_poisson.kcat"
