#!/usr/bin/env python3
"""evgen against a slow oracle: order of output, shares in every prefix, pairs and their delays, the
truth file, kcat offsets; and the same bytes for the same seed. SEED and ROUNDS as in tests/README."""
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

top = Path(__file__).resolve().parents[2]
evgen = top / os.environ.get("BIN", "bin") / "evgen"
seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
rounds = int(os.environ.get("ROUNDS", 40))
second = 1_000_000_000
start = 1_704_067_200 * second


def generate(arguments):
    return subprocess.run([evgen, "--speed", "max", *arguments], check=True, capture_output=True).stdout


def parse(line):
    """The record, or None if it is malformed: JSON, one object, valid UTF-8, no lone surrogate."""
    try:
        record = json.loads(line.decode("utf-8"))
        json.dumps(record, ensure_ascii=False).encode("utf-8")
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def check(good, text):
    if not good:
        raise AssertionError(text)


def check_prefixes(name, marks, share, slack=0):
    """Within one in every prefix; none at all if the share is 0 and there is no slack."""
    count = 0
    for place, mark in enumerate(marks, 1):
        count += mark
        check(abs(count - share * place) <= (1 + 1e-9 if share else slack),
              f"{name}: {count} of {place}, share {share}")


def unwrap(lines, partitions):
    """Payloads of kcat lines, None for tombstones; offsets must count up from 0."""
    offsets = defaultdict(int)
    partition_of = {}
    for line in lines:
        message = json.loads(line.decode("utf-8", "surrogateescape"))
        partition = message["partition"]
        check(0 <= partition < partitions, "partition")
        check(partition_of.setdefault(message["key"], partition) == partition, "partition of key")
        check(message["offset"] == offsets[partition], "offset")
        offsets[partition] += 1
        payload = message["payload"]
        yield None if payload is None else payload.encode("utf-8", "surrogateescape")


def options(choose):
    shares = {"unmatched": choose.choice([0, .1, .3, .5, .9, 1]),
              "early": choose.choice([0, .02, .5])}
    for name, values in (("late", [0, .01, .2]), ("duplicate", [0, .05, .3]),
                         ("malformed", [0, .001, .03, .1])):
        shares[name] = choose.choice(values)
    run = {"seed": choose.randrange(1 << 40), "rate": choose.choice([0.5, 20, 1000, 30000]),
           "producers": choose.choice([0, 1, 2, 7]), "disorder": choose.choice([0, 0, .003, 2]),
           "delay": choose.choice([(0, 5), (-1, 5), (0, 0), (1, 1.5), (-3, -1)]),
           "count": None, "duration": None, "partitions": 0}
    if choose.random() < .6:
        run["count"] = choose.choice([1, 2, 7, 100, 1000, 3001])
    if run["count"] is None or choose.random() < .2:
        run["duration"] = 2000 / run["rate"]
    if choose.random() < .3:
        run["partitions"] = choose.choice([1, 3])
        shares["tombstone"] = choose.choice([0, .02])
    return run, shares


def arguments_of(run, shares, arrivals):
    arguments = [arrivals, "--seed", run["seed"], "--rate", run["rate"],
                 "--disorder", f"{int(run['disorder'] * 1000)}ms",
                 f"--ack-delay={int(run['delay'][0] * 1000)}ms..{int(run['delay'][1] * 1000)}ms",
                 "--share", ",".join(f"{name}={share}" for name, share in shares.items())]
    if run["count"] is not None:
        arguments += ["--count", run["count"]]
    if run["duration"] is not None:
        arguments += ["--duration", f"{int(run['duration'] * 1000)}ms"]
    if run["producers"]:
        arguments += ["--producers", run["producers"]]
    if run["partitions"]:
        arguments += ["--envelope", "kcat", "--partitions", run["partitions"]]
    return [str(argument).replace("0ms", "0") if argument == "0ms" else str(argument)
            for argument in arguments]


def look_at(records, run, shares):
    """Order, faults and shares, line by line; returns the whole records."""
    disorder = round(run["disorder"] * second)
    latest, seen, whole = None, {}, []
    late, repeated = [], []
    for raw, record in records:
        if record is None:
            late.append(0)
            repeated.append(0)
            continue
        time = record["event_time_ns"]
        check(record["timestamp"] == time // 1_000_000, "timestamp")
        check((record["headers"]["record_type"] == "2") == (record["type"] == 2), "header")
        repeated.append(raw in seen)
        late.append(latest is not None and time < latest - disorder)
        seen[raw] = True
        latest = time if latest is None else max(latest, time)
        whole.append(record)
        if not shares["late"]:
            check(time >= start, "before the start")
            if run["duration"] is not None:
                check(time < start + round(run["duration"] * second), "behind the end")
    check_prefixes("late", late, shares["late"])
    check_prefixes("duplicate", repeated, shares["duplicate"])
    check_prefixes("damaged", [record is None for _, record in records],
                   shares["malformed"] + shares.get("tombstone", 0)) \
        if not (shares["malformed"] and shares.get("tombstone")) else None
    return whole


def pairs_of(whole):
    sides = defaultdict(lambda: ([], []))
    for record in whole:
        sides[record["key"]][record["type"] == 1].append(record["event_time_ns"])
    return sides


def check_alone(records, shares):
    """Lone records in every prefix of a run without damage and repeats. An odd count needs one."""
    both = {key for key, (left, right) in
            pairs_of([record for _, record in records]).items() if left and right}
    check_prefixes("unmatched", [record["key"] not in both for _, record in records],
                   shares["unmatched"], slack=1)


def check_early(records, run, shares):
    """Pairs that come the wrong way round, in every prefix of the pairs."""
    lower, upper = run["delay"]
    first = {}
    for _, record in records:
        first.setdefault(record["key"], record["type"])
    sides = pairs_of([record for _, record in records])
    whole = [key for key in first if all(sides[key])]
    if lower >= 0 and upper > 0 and not run["disorder"]:
        check_prefixes("early", [first[key] == 1 for key in whole], shares["early"])


def check_delays(sides, run, shares):
    lower, upper = (round(bound * second) for bound in run["delay"])
    for left, right in sides.values():
        for delay in [r - l for l in left for r in right]:
            inside = lower <= delay <= upper
            check(inside or (shares["early"] > 0 and lower <= -delay <= upper), f"delay {delay}")


def one_round(choose, folder):
    run, shares = options(choose)
    arrivals = choose.choice(["--uniform", "--poisson", "--mmpp", "--mmpp=10,5,0.5"])
    arguments = arguments_of(run, shares, arrivals)
    try:
        output = generate([*arguments, "--truth", folder / "truth"])
        check(output == generate(arguments), "another run, other bytes")
        lines = output.split(b"\n")
        check(lines.pop() == b"", "no final line feed")
        if run["count"] is not None:
            check(len(lines) == run["count"] or run["duration"] is not None and
                  len(lines) <= run["count"], f"{len(lines)} lines")
        if run["partitions"]:
            lines = list(unwrap(lines, run["partitions"]))
        records = [(line, line and parse(line)) for line in lines]
        whole = look_at(records, run, shares)
        sides = pairs_of(whole)
        expected = sorted((key, l, r) for key, (left, right) in sides.items()
                          for l in left for r in right)
        with open(folder / "truth") as truth:
            told = [json.loads(line) for line in truth]
        check(sorted((t["key"], t["left_time_ns"], t["right_time_ns"]) for t in told) == expected,
              "truth")
        faults = sum(shares.get(name, 0) for name in ("malformed", "duplicate", "tombstone"))
        if not faults and (run["duration"] is None or run["delay"][0] <= 0 <= run["delay"][1]) \
                and not (run["count"] is not None and run["duration"] is not None):
            check_alone(records, shares)
            check_early(records, run, shares)
        if not shares["late"]:
            check_delays(sides, run, shares)
        other = generate(["--seed", str(run["seed"] + 1), *arguments[:1], *arguments[3:]])
        check(other != output or not output, "another seed, the same bytes")
    except AssertionError as error:
        print(f"not ok evgen_truth, SEED={seed}: evgen --speed max {' '.join(arguments)}: {error}")
        sys.exit(1)


choose = random.Random(seed)
with tempfile.TemporaryDirectory() as name:
    for _ in range(rounds):
        one_round(choose, Path(name))
print(f"ok evgen_truth: {rounds} rounds, SEED={seed}")
