#!/bin/bash
# Seed 003: the click-through rate of each campaign every ten seconds, while the ads are seen and
# clicked, and how long after a window's newest event its results come; MMPP and Poisson arrivals.
#
#   PRODUCERS=3 EVENTS=5000 DURATION=60s SEED=1 OUT=ctr-windows examples/seed-003-ctr-windows/pipe.sh
#
# EVENTS is per producer. OUT gets latency_report_{producers}_{events}_{distribution}.csv, with
# window_id,max_latency_ms, and the results themselves.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
PATH=${BIN:-$top/bin}:$PATH
producers=${PRODUCERS:-3} events=${EVENTS:-5000} duration=${DURATION:-60s} out=${OUT:-ctr-windows}
total=$((producers * events))
seconds=${duration%s}
mkdir -p "$out"

for distribution in mmpp poisson; do
    report=$out/latency_report_${producers}_${total}_$distribution.csv
    echo "$producers producers, $total events in $duration, $distribution ..."
    evgen --seed "${SEED:-1}" --producers "$producers" --$distribution --end-marker \
        --rate "$(awk "BEGIN { print $total / $seconds }")" --duration "$duration" ads |
        evwindow -w 10s -d 3s --end '.type == "END"' --end-count "$producers" \
            -b .campaign_id,.window_id -a 'views=count(.event_type == "view"),
                clicks=count(.event_type == "click"), ctr=clicks/(views+1),
                newest_ns=max(.event_time_ns)' |
        evlatency --from .newest_ns -b .window_id --stats max --format csv --pass -o "$report" \
            >"$out/results_$distribution.ndjson"
    echo "$report:"
    cat "$report"
done
echo "A result:"
head -n 1 "$out/results_poisson.ndjson"
