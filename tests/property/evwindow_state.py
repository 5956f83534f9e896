#!/usr/bin/env python3
"""evwindow --state: a run that is stopped and started again at random places, with snapshots in
between, writes byte for byte what an unbroken run does; random windows, aggregates, updates,
corrections, partitions. SEED and ROUNDS in the environment; prints one line."""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
ROUNDS = int(os.environ.get("ROUNDS", 400 if os.environ.get("LONG") else 30))
# fsync is not what is tested
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
EVWINDOW = os.path.abspath(os.environ.get("BIN", "bin") + "/evwindow")
BASE = 1_700_000_000 * 10**9
SECOND = 10**9
CALLS = ["n=count", "c=count(.v > 3)", "s=sum(.v)", "a=avg(.v; .w == 1)", "lo=min(.v)",
         "hi=max(.v)", "f=first(.v)", "l=last(.id)", "d=distinct(.k2)", "ad=approx_distinct(.k2)",
         "sd=stddev(.v)", "q=quantile(.v; 0.3)", "t=top(.v; 3)", "all=collect(.id)",
         "big=sum(.x)", "many=approx_distinct(.id)"]
NUMBERS = ["0", "-0", "1", "1.0", "1e0", "2.50", "-7", "3.14159", "1e-7", "12345678901234567890",
           "0.1", "1e300", "-1e300", "9007199254740993", "4.0e0", "null"]
KEYS = ['"a"', '"b"', '"\\u0061"', '"\\n\\"\\\\"', "1", "1.0", "null", "true", "[1,[\"x\",2.0]]", '"\u00e9"']


def record(rng, number, time, keys):
    members = {"id": str(number), "g": rng.choice(keys), "h": str(rng.randrange(2)),
               "v": rng.choice(NUMBERS[:7]) if rng.random() < .6 else
               repr(round(rng.gauss(5, 30), rng.randrange(8))),
               "x": rng.choice(NUMBERS), "w": str(rng.randrange(3)), "k2": rng.choice(KEYS),
               "part": '"p%d"' % rng.randrange(3), "src": '"s%d"' % rng.randrange(2)}
    if rng.random() < .1:
        del members[rng.choice(["g", "v", "k2"])]
    text = ",".join(f'"{name}":{value}' for name, value in members.items())
    return f'{{"event_time_ns":{time},{text}}}\n'


def records(rng):
    time, lines = BASE + rng.randrange(3600) * SECOND, []
    keys = rng.sample(KEYS, rng.randrange(1, len(KEYS)))
    pace = rng.choice([SECOND // 5, SECOND, 5 * SECOND, 600 * SECOND])
    for number in range(rng.randrange(50, 600)):
        time += rng.randrange(pace) if rng.random() < .97 else 20 * pace
        disorder = rng.randrange(10 * pace) if rng.random() < .3 else 0
        lines.append(record(rng, number, time - disorder, keys))
    return lines


def window(rng):
    kind = rng.choice(["whole", "tumbling", "hopping", "hopping", "cumulate", "session", "session",
                       "session", "days"])
    options = {"whole": lambda: [],
               "tumbling": lambda: ["-w", rng.choice(["3s", "10s", "1m", "7s"])],
               "hopping": lambda: ["-w", rng.choice(["20s/1s", "10s/5s", "10s/3s", "5s/7s"])],
               "cumulate": lambda: ["--cumulate", rng.choice(["30s/5s", "10s/1s"])],
               "session": lambda: ["--session", rng.choice(["1s", "2s", "4s", "10s"])],
               "days": lambda: ["--tz", rng.choice(["Europe/Berlin", "America/New_York"]), "-w",
                                rng.choice(["1d", "2d/1d"])]}[kind]()
    if kind == "session" and rng.random() < .3:
        options += ["--max-session", "12s"]
    if kind in ("tumbling", "hopping") and "-w 5s/7s" not in " ".join(options) and rng.random() < .3:
        options += ["--offset", rng.choice(["500ms", "-700ms"])]
    return kind, options


def command(rng):
    kind, options = window(rng)
    revised = False
    if kind != "whole" and rng.random() < .4:
        options += ["--lateness", rng.choice(["1s", "5s", "30s"])]
        revised = True
    if rng.random() < .35:
        options += ["--emit", "update"]
        revised = True
        if kind != "whole" and rng.random() < .5:
            options += ["--every", rng.choice(["1s", "4s"])]
    calls = rng.sample(CALLS, rng.randrange(1, 7))
    if not revised and rng.random() < .25:
        options += ["--each"]
    elif not revised and kind != "session" and rng.random() < .25:
        options += ["--top", "2"] + rng.choice([[], ["--ties", "first"]])
    options += ["-a", ",".join(calls)] + rng.choice([[], ["-b", ".g"], ["-b", ".g,.h"]])
    options += rng.choice([[], ["-d", "2s"], ["-d", "10s"]])
    options += rng.choice([[], [], ["--partition", ".part"], ["--stream", ".src"]])
    return options


def run(arguments, directory):
    done = subprocess.run([EVWINDOW] + arguments, cwd=directory, stdin=subprocess.DEVNULL,
                          capture_output=True)
    assert done.returncode in (0, 1), (arguments, done.returncode, done.stderr[-2000:])
    return done


def counts(done):
    """The last line of -v, without what a restart may change."""
    for line in reversed(done.stderr.decode().splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return None


def differing(rng, directory, options, lines):
    unbroken, broken = directory + "/unbroken", directory + "/broken"
    for folder in (unbroken, broken):
        os.mkdir(folder)
    with open(unbroken + "/input", "w") as file:
        file.write("".join(lines))
    options = options + ["-v", "-o", "out", "--late", "late", "input"]
    expected = counts(run(options, unbroken))
    cuts = sorted(rng.sample(range(len(lines)), min(len(lines), rng.randrange(1, 12))))
    options = ["-s", "state", "--snapshot-every", rng.choice(["1ms", "10s"])] + options
    for begin, end in zip([0] + cuts, cuts + [len(lines)]):
        with open(broken + "/input", "a") as file:
            file.write("".join(lines[begin:end]))
        eof = ["--eof", "close" if end == len(lines) else "keep"]
        actual = counts(run(eof + options, broken))
    for name in ("out", "late"):
        if open(f"{unbroken}/{name}", "rb").read() != open(f"{broken}/{name}", "rb").read():
            return f"{name} differs"
    for name in ("read", "used", "late", "partly_late", "open", "between"):
        if expected[name] != actual[name]:
            return f"{name}: {expected[name]} and {actual[name]}"
    return None


def main():
    for number in range(ROUNDS):
        rng = random.Random(f"{SEED} {number}")
        options, lines = command(rng), records(rng)
        directory = tempfile.mkdtemp(prefix="evwindow-state-", dir=MEMORY)
        problem = differing(rng, directory, options, lines)
        if problem:
            print(f"not ok: SEED={SEED} round {number}: {problem}: evwindow {' '.join(options)} "
                  f"(kept in {directory})")
            sys.exit(1)
        shutil.rmtree(directory)
    print(f"ok: {ROUNDS} runs of evwindow, each stopped and started at random (SEED={SEED})")


main()
