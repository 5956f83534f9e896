#!/usr/bin/env python3
"""Hours of work in little: events as fast as they can be made, state that expires, a snapshot each
second. Resident memory stays flat, the open files the same, the directory bounded, snapshots go on,
the counters add up. SOAK_SECONDS=N
for all tools together (LONG=1: 3600; else this is left out). TOOL. SOAK_LOG=FILE: a line each second."""
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import durable

seconds = float(os.environ.get("SOAK_SECONDS", 3600 if durable.LONG else 0))
# Options with which state is taken in and expires all the time. A new stateful tool is a row.
SOAKED = {
    "evuniq": ["-k", ".key", "--within", "5m"],
    "evjoin": ["-k", ".key", "--left", ".type == 2", "--right", ".type == 1", "--within", "0..2m"],
    "evattr": ["-k", ".key", "--touch", ".type == 2", "--conversion", ".type == 1", "--within", "2m",
               "--model", "last"],
    "evwindow": ["-w", "1m/10s", "-b", ".value.user.user_id", "-a", "n=count,d=distinct(.key)"],
    "evlatency": ["--to", ".event_time_ns", "-b", ".value.campaign_id"],
}
MIB = 1 << 20


def memory(process):
    for line in open(f"/proc/{process.pid}/status"):
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("it has ended")


def look(process, state):
    """Resident bytes, descriptors, bytes and files of the directory, snapshots so far."""
    sizes = []
    for entry in os.scandir(state):
        try:
            sizes.append(entry.stat().st_size)
        except FileNotFoundError:  # removed meanwhile
            pass
    return (memory(process), len(os.listdir(f"/proc/{process.pid}/fd")), sum(sizes), len(sizes),
            max(durable.manifests(state), default=0))


def log(tool, sample):
    if "SOAK_LOG" in os.environ:
        with open(os.environ["SOAK_LOG"], "a") as lines:
            print(tool, f"{time.time():.1f}", *sample, file=lines)


def samples(tool, process, state, span):
    taken = []
    end = time.monotonic() + span
    while time.monotonic() < end:
        time.sleep(min(1, span / 60))
        if process.poll() is not None:
            raise SystemExit(f"ended with {process.returncode}: {process.stderr.read()[-500:]}")
        if state.exists():
            taken.append(look(process, state))
            log(tool, taken[-1])
    return taken


def quarter(taken, number, column):
    part = len(taken) // 4
    return [sample[column] for sample in taken[number * part:(number + 1) * part]]


def judge(taken, span):
    """What is wrong. The first quarter is the warm-up; the next two are compared with the last: memory
    by its median, as a save that a busy machine draws out keeps what it reads from being used anew,
    but never more than waits; the rest by the most, as what lies between two snapshots follows the
    speed that the machine allows."""
    def both(statistic, column):
        return statistic(quarter(taken, 1, column) + quarter(taken, 2, column)), \
            statistic(quarter(taken, 3, column))

    problems = []
    # An allocator's noise, and a mebibyte an hour.
    for what, column, statistic, factor, more in (
            ("resident bytes", 0, statistics.median, 1.05, MIB * (1 + span / 3600)),
            ("open files", 1, max, 1, 2), ("bytes of the directory", 2, max, 1.3, MIB),
            ("files of the directory", 3, max, 1.3, 8)):
        before, after = both(statistic, column)
        if after > before * factor + more:
            problems.append(f"{what} from {before:.0f} to {after:.0f}")
    waiting, peak = statistics.median(quarter(taken, 3, 0)), max(sample[0] for sample in taken)
    if peak > 2.2 * waiting + 16 * MIB:
        problems.append(f"resident bytes {waiting:.0f}, once {peak}")
    if min(quarter(taken, 3, 1)) > min(quarter(taken, 1, 1)):
        problems.append(f"open files, at least, from {min(quarter(taken, 1, 1))} to "
                        f"{min(quarter(taken, 3, 1))}")
    if taken[-1][4] - taken[len(taken) // 2][4] < span / 2 / 10:
        problems.append(f"{taken[-1][4]} snapshots in {span:.0f} s")
    return problems


def soak(tool, span, folder):
    state = folder / "state"
    feeder = subprocess.Popen([durable.programs / "evgen", "--speed", "max", "--rate", "10000",
                               "--duration", "10000h", "--seed", "1", "--disorder", "1s"],
                              stdout=subprocess.PIPE)
    process = subprocess.Popen([durable.programs / tool, *SOAKED[tool], "-d", "1s", "-v", "-s", state,
                                "--snapshot-every", "1s", "--reject", folder / "rejected"],
                               stdin=feeder.stdout, stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    feeder.stdout.close()
    try:
        taken = samples(tool, process, state, span)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=60)
    finally:
        feeder.kill()
        process.kill()
        feeder.wait()
        process.wait()
    problems = judge(taken, span)
    counters = json.loads(told.splitlines()[-1])
    if counters["read"] != sum(counters[name] for name in (
            "used", "filtered", "late", "rejected", "replayed", "tombstones", "control", "duplicate")):
        problems.append(f"counters do not add up: {counters}")
    if problems:
        raise SystemExit(f"state_soak: {tool}: {'; '.join(problems)}")
    resident, at_most = statistics.median(quarter(taken, 3, 0)), max(sample[0] for sample in taken)
    return (f"{tool} {counters['read'] / span / 1e6:.2f} M events/s, {resident / MIB:.0f} MiB resident "
            f"({at_most / MIB:.0f} at most), {taken[-1][1]} files open, "
            f"{max(sample[2] for sample in taken) / MIB:.1f} MiB on disk at most, {taken[-1][4]} snapshots")


def main():
    if not seconds:
        print("ok property/state_soak.py # SKIP make test-long, or SOAK_SECONDS=N")
        return
    tools = [os.environ["TOOL"]] if "TOOL" in os.environ else list(SOAKED)
    told = []
    for tool in tools:
        with tempfile.TemporaryDirectory() as folder:
            told.append(soak(tool, seconds / len(tools), Path(folder)))
    print(f"state_soak: {seconds:.0f} s: {'; '.join(told)}")


main()
