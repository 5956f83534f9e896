# shellcheck shell=bash
# One Apache Kafka broker (KRaft, 512 MB of heap) on free ports of the loopback, from the jars of
# Maven Central, for tests and examples. Sourced by bash:
#
#   kafka_start     sets and exports KAFKA_BOOTSTRAP; one that is set already is used instead
#   kafka_topic NAME PARTITIONS [CONFIG=VALUE]...
#   kafka_kill      kill -9;  kafka_resume starts that broker again, on the same ports and logs
#   kafka_stop      ends what this shell started and still runs, pipelines first, then its broker,
#                   whose files go; for the EXIT trap
#
# Jars stay in ${XDG_CACHE_HOME:-$HOME/.cache}/evtools/kafka-VERSION. Every function returns not zero
# and says why on standard error if it cannot do its work; all work under set -e.

kafka_sources=$(cd "$(dirname "${BASH_SOURCE[0]}")/../kafka" && pwd)
kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$kafka_sources/pom.xml")
kafka_jars=${XDG_CACHE_HOME:-$HOME/.cache}/evtools/kafka-$kafka_version
kafka_folder='' kafka_pid=''

# kafka_java HEAP CLASS ARGUMENT...
kafka_java() {
    local heap=$1
    shift
    java "-Xmx$heap" -XX:+UseSerialGC -Dlog4j2.configurationFile="$kafka_sources/log4j2.properties" \
        -cp "$kafka_jars/*" "$@"
}

# Beside the final folder first, so that an interrupted download is never taken for a whole one.
kafka_fetch() {
    [ ! -d "$kafka_jars" ] || return 0
    local unfinished
    mkdir -p "${kafka_jars%/*}" && unfinished=$(mktemp -d "$kafka_jars.XXXXXX") || return 1
    echo "kafka: fetching Apache Kafka $kafka_version from Maven Central" >&2
    if ! mvn -q -B -ntp -f "$kafka_sources/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$unfinished" >"$unfinished/mvn.log" 2>&1; then
        cat "$unfinished/mvn.log" >&2
        rm -rf "$unfinished"
        return 1
    fi
    rm -f "$unfinished/mvn.log"
    mv -T "$unfinished" "$kafka_jars" 2>/dev/null || rm -rf "$unfinished"
    [ -d "$kafka_jars" ]
}

# A port of the loopback on which nobody listens now.
kafka_free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

kafka_configure() {
    local port controller
    port=$(kafka_free_port)
    controller=$(kafka_free_port)
    cat >"$kafka_folder/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$controller
log.dirs=$kafka_folder/logs
auto.create.topics.enable=true
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=2000
END
    KAFKA_BOOTSTRAP=127.0.0.1:$port
    rm -rf "$kafka_folder/logs"
    kafka_java 128m kafka.tools.StorageTool format --standalone -t evtoolsAAAAAAAAAAAAAAA \
        -c "$kafka_folder/server.properties" >>"$kafka_folder/broker.log" 2>&1
}

# Asked until it answers: a listening port alone does not mean that the broker is at work.
kafka_wait() {
    local tries=0
    until kcat -b "$KAFKA_BOOTSTRAP" -L -m 2 >/dev/null 2>&1; do
        tries=$((tries + 1))
        if [ -n "$kafka_pid" ] && ! kill -0 "$kafka_pid" 2>/dev/null || [ "$tries" -gt 120 ]; then
            echo "kafka: no broker answers at $KAFKA_BOOTSTRAP" >&2
            [ -z "$kafka_folder" ] || tail -n 20 "$kafka_folder/broker.log" >&2
            return 1
        fi
        sleep 0.25
    done
}

# In a session of its own, so that Ctrl-C ends the pipelines first and the broker by kafka_stop.
kafka_resume() {
    setsid java -Xmx512m -XX:+UseSerialGC \
        -Dlog4j2.configurationFile="$kafka_sources/log4j2.properties" -cp "$kafka_jars/*" \
        kafka.Kafka "$kafka_folder/server.properties" \
        >>"$kafka_folder/broker.log" 2>&1 </dev/null &
    kafka_pid=$!
    kafka_wait
}

kafka_start() {
    local attempt
    if [ -n "${KAFKA_BOOTSTRAP:-}" ]; then
        kafka_wait
        return
    fi
    kafka_fetch && kafka_folder=$(mktemp -d "${TMPDIR:-/tmp}/evtools-kafka.XXXXXX") || return 1
    for attempt in 1 2 3; do
        if kafka_configure && kafka_resume; then
            export KAFKA_BOOTSTRAP
            return 0
        fi
        echo "kafka: attempt $attempt failed" >&2
        kafka_kill
    done
    kafka_stop
    return 1
}

kafka_topic() {
    local name=$1 partitions=$2 config said options=()
    shift 2
    for config in "$@"; do options+=(--config "$config"); done
    kafka_fetch || return 1
    said=$(kafka_java 128m org.apache.kafka.tools.TopicCommand \
        --bootstrap-server "$KAFKA_BOOTSTRAP" --create --if-not-exists --topic "$name" \
        --partitions "$partitions" --replication-factor 1 "${options[@]}" 2>&1) && return 0
    echo "kafka: topic $name: $said" >&2
    return 1
}

kafka_kill() {
    [ -n "$kafka_pid" ] || return 0
    kill -9 "$kafka_pid" 2>/dev/null || :
    wait "$kafka_pid" 2>/dev/null || :
    kafka_pid=''
}

# Descendants of process $1 but for the broker, parents first.
kafka_descendants() {
    local child
    # shellcheck disable=SC2013 # words
    for child in $(cat "/proc/$1/task/$1/children" 2>/dev/null); do
        [ "$child" != "$kafka_pid" ] || continue
        echo "$child"
        kafka_descendants "$child"
    done
}

kafka_stop() {
    local tries=0 self=$BASHPID # another one inside $(...)
    # shellcheck disable=SC2046 # a list of processes
    kill -9 $(kafka_descendants "$self") 2>/dev/null || :
    if [ -n "$kafka_pid" ]; then
        kill "$kafka_pid" 2>/dev/null || :
        while kill -0 "$kafka_pid" 2>/dev/null && [ "$tries" -lt 40 ]; do
            tries=$((tries + 1))
            sleep 0.25
        done
        kafka_kill
    fi
    [ -z "$kafka_folder" ] || rm -rf "$kafka_folder"
    kafka_folder=''
}
