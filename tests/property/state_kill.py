#!/usr/bin/env python3
"""kill -9 at random moments, the same command line again, until it ends by itself: every file that
the tool writes is then byte for byte what an unbroken run writes, and its counters are the same.
Random options per case, files and kcat envelopes as input. SEED and ROUNDS (kills) as in
tests/README; LONG=1: 10,000 kills."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

top = Path(__file__).resolve().parents[2]
programs = (top / os.environ.get("BIN", "bin")).resolve()
seed = int(os.environ.get("SEED", time.time_ns() % 1000000))
kills_wanted = int(os.environ.get("ROUNDS", 10000 if os.environ.get("LONG") else 200))
only = os.environ.get("TOOL")
MS = 1000000
# A sanitizer's complaint is no status that a tool ends with.
ENVIRONMENT = {**os.environ, **{name: "exitcode=99" for name in (
    "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")}}


def records(rng, count):
    """Lines in some disorder, with repeats, late records, and some that are no records."""
    keys = rng.choice([60, 1000, 100000] if count < 30000 else [60, 300, 2000])
    now = 1700000000000 * MS
    for _ in range(count):
        now += rng.randrange(20 * MS)
        moment = now - rng.choice([0, 0, rng.randrange(500 * MS), rng.randrange(5000 * MS)])
        key = rng.randrange(keys)
        if rng.random() < 0.002:
            yield rng.choice(['{"key":', '{"event_time_ns":1,"event_time_ns":2}', "[1]", '{"key":1}'])
            continue
        yield json.dumps({"key": rng.choice([key, f"k{key}", [key, "x"]]) if keys < 1000 else key,
                          "part": rng.randrange(3), "event_time_ns": moment,
                          "sink": moment + rng.randrange(10000 * MS)})


def pick(rng, *choices):
    return list(rng.choice(choices))


def windows(rng):
    """Windows, aggregates, and how results are written, of evwindow."""
    window = pick(rng, ["-w", "1s"], ["-w", "5s/1s"], ["-w", "10s/250ms"], ["--cumulate", "10s/2s"],
                  ["--session", "300ms"], ["--session", "2s", "--max-session", "20s"],
                  ["--tz", "Europe/Berlin", "-w", "1d"])
    results = pick(rng, [], [], ["--each"], ["--lateness", "2s"], ["--emit", "update"],
                   ["--emit", "update", "--every", "1s", "--lateness", "500ms"])
    if not results and window[0] != "--session":
        results = pick(rng, [], ["--top", "3"])
    calls = rng.sample(["n=count", "s=sum(.sink)", "sd=stddev(.part)", "d=distinct(.key)",
                        "ad=approx_distinct(.key)", "q=quantile(.sink; 0.9)", "t=top(.key; 2)",
                        "all=collect(.part)", "f=first(.key)", "l=last(.key)", "lo=min(.sink)"], 4)
    return [*window, "-a", ",".join(calls), *pick(rng, [], ["-b", ".part"], ["-b", ".key"]),
            *results]
def join_options(rng):
    kind = rng.choice(["inner", "left", "right", "full", "left-anti", "right-anti"])
    shape = pick(rng, [], ["--flat"], ["--names", "a,b"]) if "anti" not in kind else []
    return ["-k", rng.choice([".key", "[.key, .part % 2]"]), "--left", rng.choice([".part == 0", ".part < 2"]),
            "--right", ".part > 0", "--within", rng.choice(["100ms", "0..2s", "-1s..<3s", "1s..2s", "5s"]),
            "--join", kind, *shape, *pick(rng, [], ["--once"]),
            *pick(rng, [], ["--left-keep", "last"], ["--left-keep", "first"]),
            *pick(rng, [], [], ["--match", ".left.sink <= .right.sink"])]


def attribution_options(rng):
    model = rng.choice([["last"], ["first"], ["linear"], ["position:.4,.2,.4"], ["time-decay:1s"]])
    shared = model[0] not in ("last", "first")
    credits = pick(rng, [], ["--credits"])
    return ["-k", rng.choice([".key", "[.key, .part % 2]"]), "--touch", rng.choice([".part == 0", ".part < 2"]),
            "--conversion", ".part > 0", "--within", rng.choice(["100ms", "0<..2s", "1s..3s", "8s"]),
            "--model", *model, "--touch-id", ".sink", "--id", rng.choice([".sink", ".key", ".none"]),
            *pick(rng, ["--emit", "update"], ["--reuse", "no"], []), *credits,
            *pick(rng, [], ["--priority", ".sink % 3"]),
            *(pick(rng, [], ["--value", ".sink"]) if shared or credits else [])]


# Tool, its options, and the options that name files it writes.
TOOLS = {
    "evuniq": (lambda rng: ["-k", rng.choice([".key", "[.key, .part]"]),
                            "--within", rng.choice(["100ms", "2s", "1h"]),
                            *pick(rng, [], ["--refresh"]), *pick(rng, [], ["--exact"])],
               ["--out", "--late", "--reject", "--repeats"]),
    "evjoin": (join_options, ["--out", "--late", "--reject"]),
    "evattr": (attribution_options, ["--out", "--late", "--reject"]),
    "evlatency": (lambda rng: ["--to", ".sink:ns", "--format", "json", *pick(rng, [], ["-b", ".part"]),
                               *pick(rng, [], ["-w", "10s"]), *pick(rng, [], ["--warmup", "5s"])],
                  ["--out", "--reject"]),
    "evwindow": (windows, ["--out", "--late", "--reject"]),
}


def common(rng, tool):
    """Options of every stateful tool."""
    timed = tool != "evlatency"
    return [*(pick(rng, [], ["--partition", ".part"]) if timed else []),
            *(pick(rng, [], ["--stream", ".part"]) if timed else []),
            *(pick(rng, [], ["-d", "1s"], ["-d", "5s"])), *pick(rng, [], ["--where", ".part != 1"])]


def write_inputs(rng, folder, kcat, lengths):
    """One or two files."""
    names = []
    for number in range(rng.choice([1, 1, 2])):
        lines = list(records(rng, rng.choice(lengths)))
        if kcat:
            # What is no UTF-8 or no record stands in the payload as a string.
            lines = [json.dumps({"topic": "t", "partition": number, "offset": offset,
                                 "tstype": "create", "ts": 1700000000000, "broker": 0, "key": None,
                                 "payload": line}) for offset, line in enumerate(lines)]
        name = f"input{number}"
        (folder / name).write_text("\n".join(lines) + "\n")
        names.append(name)
    return names


class Case:
    def __init__(self, rng, folder):
        self.tool = only or rng.choice(list(TOOLS))
        self.folder = folder
        options, self.files = TOOLS[self.tool]
        kcat = rng.random() < 0.3
        # Between two reads there is no snapshot: what waits must be more than a read brings.
        lengths = [40000] if self.tool in ("evjoin", "evattr") else [3000, 20000]
        self.inputs = write_inputs(rng, folder, kcat, lengths)
        self.options = options(rng) + common(rng, self.tool) + (["-J"] if kcat else [])
        if self.tool in ("evjoin", "evattr"):
            self.options += pick(rng, [], ["--memory", "16M"])
        self.by_stdin = len(self.inputs) == 1 and rng.random() < 0.3

    def start(self, name, every):
        command = [str(programs / self.tool), *self.options, "-v", "--state", f"{name}.state",
                   "--snapshot-every", every]
        for option in self.files:
            command += [option, f"{name}{option}"]
        command += [] if self.by_stdin else self.inputs
        self.command = command
        with open(self.folder / self.inputs[0] if self.by_stdin else os.devnull) as given, \
                open(self.folder / f"{name}.errors", "w") as errors:
            return subprocess.Popen(command, cwd=self.folder, stdin=given, stderr=errors,
                                    stdout=subprocess.DEVNULL, env=ENVIRONMENT)

    def counters(self, name):
        line = (self.folder / f"{name}.errors").read_text().splitlines()[-1]
        values = json.loads(line)
        return {key: values.get(key) for key in (
            "read", "used", "filtered", "late", "rejected", "replayed", "tombstones", "control",
            "duplicate", "partly_late", "written", "unwritable", "null_results", "keyless",
            "watermark", "pairs", "unmatched_left", "unmatched_right", "match_errors", "touches",
            "conversions", "emitted", "updated", "attributed", "unattributed", "held_conversions")}

    def fail(self, why):
        keep = Path(tempfile.mkdtemp(prefix="state_kill."))
        shutil.copytree(self.folder, keep, dirs_exist_ok=True)
        print(f"state_kill: SEED={seed}: {why}: {' '.join(self.command)} (kept in {keep})")
        sys.exit(1)

    def compare(self):
        for option in self.files:
            whole = (self.folder / f"whole{option}").read_bytes()
            broken = (self.folder / f"broken{option}").read_bytes()
            if self.tool == "evlatency" and option == "--out":
                # A run that was killed after its report and its last save has reported.
                broken = broken[-len(whole):]
            if whole != broken:
                self.fail(f"{option} differs: {len(whole)} and {len(broken)} bytes")
        for key, value in self.counters("whole").items():
            if self.counters("broken")[key] != value:
                self.fail(f"{key} is {self.counters('broken')[key]}, not {value}")

    def run(self, rng):
        """Number of kills, and of those that left a snapshot to go on from."""
        kills = restored = 0
        begun = time.monotonic()
        if self.start("whole", "1h").wait() not in (0, 1):
            self.fail("the unbroken run failed")
        span = rng.choice([0.5, 0.5, 1.3]) * (time.monotonic() - begun)
        every = rng.choice(["1ms", "5ms", "20ms"])
        while True:
            process = self.start("broken", every)
            try:
                status = process.wait(rng.uniform(0, span) if kills < 40 else None)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
                restored += any(self.folder.glob("broken.state/snapshot-*.zst"))
                continue
            if status not in (0, 1):
                self.fail(f"status {status} after {kills} kills")
            break
        self.compare()
        return kills, restored


def main():
    rng = random.Random(seed)
    kills = cases = restored = 0
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # fsync is not what is tested
    while kills < kills_wanted:
        with tempfile.TemporaryDirectory(dir=memory) as folder:
            here, there = Case(rng, Path(folder)).run(rng)
            kills, restored, cases = kills + here, restored + there, cases + 1
    if restored < kills // 4:
        print(f"state_kill: SEED={seed}: only {restored} of {kills} kills left a snapshot")
        sys.exit(1)
    print(f"state_kill: {kills} kills in {cases} cases, {restored} of them left a snapshot; files "
          f"and counters as in an unbroken run (SEED={seed})")


main()
