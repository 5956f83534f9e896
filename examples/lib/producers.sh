# shellcheck shell=bash disable=SC2154 # sourced by scripts that have set producers and partitions
# Ad events into a Kafka topic, as seeds 001 and 003 have it: $producers processes that share the rate,
# keys that spread them over $partitions partitions, and from each producer, when it is through, an END
# marker to every partition, so that each partition knows how many are still to come.

# producer N TOPIC: the records of one producer, from standard input.
producer() {
    local partition
    evreplay --speed max --where ".producer_id == \"Producer-$1\"" --kcat-key .ad_id |
        kcat -P -b "$KAFKA_BOOTSTRAP" -t "$2" -K '\t' -E -q -X enable.idempotence=true
    for ((partition = 0; partition < partitions; partition++)); do
        printf 'END\t{"type":"END","producer_id":"Producer-%d"}\n' "$1" |
            kcat -P -b "$KAFKA_BOOTSTRAP" -t "$2" -p "$partition" -K '\t' -E -q
    done
}

# produce FOLDER TOPIC EVGEN-OPTION...: FOLDER is for the pipes between.
produce() {
    local folder=$1 topic=$2 n pipes=() running=()
    shift 2
    for ((n = 1; n <= producers; n++)); do
        pipes+=("$folder/producer-$n")
        rm -f "$folder/producer-$n"
        mkfifo "$folder/producer-$n"
        producer "$n" "$topic" <"$folder/producer-$n" &
        running+=($!)
    done
    evgen --producers "$producers" "$@" ads | tee "${pipes[@]}" >/dev/null
    for n in "${running[@]}"; do wait "$n"; done
    rm "${pipes[@]}"
}
