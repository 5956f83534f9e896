#!/bin/bash
# Seed 001: the click-through rate of each campaign every ten seconds, and the time from an event's
# production to its window's result, mean and 90th percentile; MMPP (five times the rate in bursts)
# and Poisson arrivals.
#
#   PRODUCERS=3 RATE=1000 DURATION=60s SEED=100 OUT=ctr-producers examples/seed-001-ctr-producers/pipe.sh
#
# RATE is per producer and second. OUT gets per distribution the results, a report as text, and the
# slowest result of each window in latency_report_{producers}_{events}_{distribution}.csv.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
producers=${PRODUCERS:-3} rate=${RATE:-1000} duration=${DURATION:-60s} out=${OUT:-ctr-producers}
events=$((producers * rate * ${duration%s}))
mkdir -p "$out"

# run NAME ARRIVALS: results carry the time at which they came out, for both reports.
run() {
    local report=$out/latency_report_${producers}_${events}_$1.csv
    echo "$producers producers, $rate events per second each, $duration, $1 ..."
    # shellcheck disable=SC2016 # $now is jq's
    evgen --seed "${SEED:-100}" --producers "$producers" "$2" --end-marker \
        --rate $((producers * rate)) --duration "$duration" ads |
        evwindow -w 10s -d 1s --end '.type == "END"' --end-count "$producers" \
            -b .campaign_id,.window_id -a 'views=count(.event_type == "view"),
                clicks=count(.event_type == "click"), ctr=clicks/views,
                newest_ms=max(.produce_time)' --calc 'result_time=$now' |
        tee "$out/results_$1.ndjson" |
        evlatency --from .newest_ms --to .result_time --stats avg,p90,max --pass \
            -o "$out/latency_$1.txt" |
        evlatency --from .newest_ms --to .result_time -b .window_id --stats max --format csv \
            -o "$report"
    cat "$out/latency_$1.txt"
    echo "$report:"
    cat "$report"
}

run mmpp --mmpp=5,.5,.5
run poisson --poisson
