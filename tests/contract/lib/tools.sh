# shellcheck shell=bash disable=SC2034
# Sourced by the contract's scripts. One row per tool: a minimal command line that writes output and
# works on what lib/sample prints. A new tool adds its rows here and is held to the contract.
tools=(evgen evreplay evjoin evattr evuniq evlatency evwindow evsql)
filters=(evreplay evjoin evattr evuniq evlatency evwindow evsql)
declare -A command=(
    [evgen]="evgen --seed 1 --speed max --count 20000"
    [evreplay]="evreplay --speed max"
    [evjoin]="evjoin --within 2s -d 3s --join full"
    [evattr]="evattr --touch .type==2 --conversion .type==1 -k .key --within 2s -d 3s"
    [evuniq]="evuniq -k .key --within 1s -d 3s"
    [evlatency]="evlatency --to .sink_ns --format json"
    [evsql]="evsql --sqlite --into t --primary-key id --every 1h --batch 5000 --select 'id:text=.key|tostring,type:bigint=.type,note:text=.note'"
    [evwindow]="evwindow -w 1s -d 3s -b .key,.type -a 'n=count,t=sum(.sink_ns)'"
)
# The same, writing a line per record.
declare -A streaming=(
    [evgen]="${command[evgen]}"
    [evreplay]="${command[evreplay]}"
    [evjoin]="${command[evjoin]}"
    [evattr]="${command[evattr]}"
    [evuniq]="${command[evuniq]}"
    [evlatency]="evlatency --to .sink_ns --pass"
    [evsql]="${command[evsql]/5000/50}"
    [evwindow]="evwindow -w 10ms -d 3s -b .key,.type -a 'n=count,t=sum(.sink_ns)'"
)
lib=$TOP/tests/contract/lib
# shellcheck source=tests/lib/verdict.sh
. "$TOP/tests/lib/verdict.sh"

# expect NAME STATUS STDERR-LINES COMMAND...: runs a snippet with bash; input is sample.ndjson.
expect() {
    local name=$1 status=$2 lines=$3 actual problem=
    shift 3
    timeout 60 bash -c "$*" <sample.ndjson >out 2>err
    actual=$?
    [ "$actual" = "$status" ] || problem="status $actual, not $status; "
    [ "$(wc -l <err)" = "$lines" ] || problem+="$(wc -l <err) lines on stderr, not $lines: $(cat err)"
    verdict "$name" "$problem"
}
