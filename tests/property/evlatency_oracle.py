#!/usr/bin/env python3
"""evlatency against exact sorting: random latencies, groups, windows and warm-up.

Percentiles are those of nearest rank, at most 0.1 % above the latency of that rank; everything else
is exact: count, min, max, average, number of negative ones, the groups and their order.
"""
import json
import os
import random
import subprocess
import sys
from fractions import Fraction

SEED = int(os.environ.get("SEED", "1"))
ROUNDS = 60 * int(os.environ.get("ROUNDS", "1"))
PERCENTS = ["0", "1", "25", "50", "90", "99", "99.9", "99.999", "100"]
STATS = ["avg", "min", "max", "count", "negative"] + ["p" + p for p in PERCENTS]
EPOCH = 1714521600 * 10**9


def random_latency(rng, spread):
    value = int(2 ** rng.uniform(0, spread))
    return -value if rng.random() < 0.05 else value


def random_records(rng):
    spread = rng.choice([4, 12, 20, 30, 46])
    groups = rng.choice([1, 3, 40])
    records, time = [], EPOCH + rng.randrange(10**10)
    for _ in range(rng.choice([1, 2, 10, 500, 4000])):
        time += rng.randrange(3 * 10**7) - 10**7
        records.append((time, random_latency(rng, spread), rng.randrange(groups)))
    return records


def rounded_mean(latencies):
    total, count = sum(latencies), len(latencies)
    mean = Fraction(abs(total), count)
    whole = int(mean + Fraction(1, 2))
    return whole if total >= 0 else -whole


def check_stats(what, stats, latencies):
    ordered = sorted(latencies)
    expected = {"avg_ns": rounded_mean(ordered), "min_ns": ordered[0], "max_ns": ordered[-1],
                "count": len(ordered), "negative": sum(v < 0 for v in ordered)}
    for name, value in expected.items():
        assert stats[name] == value, (what, name, stats[name], value)
    for percent in PERCENTS:
        rank = max(1, -(-Fraction(percent) * len(ordered) // 100))
        exact, reported = ordered[int(rank) - 1], stats[f"p{percent}_ns"]
        assert 0 <= reported - exact <= abs(exact) // 1000, (what, percent, reported, exact)


def run(arguments, records):
    lines = "".join(json.dumps({"event_time_ns": t, "sink_ns": t + v, "group": g}) + "\n"
                    for t, v, g in records)
    output = subprocess.run(["evlatency", "--to", ".sink_ns", "--format", "json", "--stats",
                             ",".join(STATS), *arguments], input=lines, text=True, check=True,
                            capture_output=True)
    assert output.stderr == "", output.stderr
    return json.loads(output.stdout)


def expect_groups(records, by, window):
    groups = {}
    for time, latency, group in records:
        start = time // window * window if window else None
        groups.setdefault((start, group if by else None), []).append(latency)
    return sorted(groups.items())


def round_of(rng):
    records = random_records(rng)
    by, window = rng.random() < 0.5, rng.choice([0, 0, 10**9, 7 * 10**8])
    warmup = rng.choice([0, 0, 10**8])
    arguments = ["-b", ".group"] if by else []
    arguments += ["-w", f"{window // 10**6}ms"] if window else []
    arguments += ["--warmup", f"{warmup // 10**6}ms"] if warmup else []
    report = run(arguments, records)
    kept = [r for r in records if not warmup or r[0] >= records[0][0] + warmup]
    assert report.get("left_out", 0) == len(records) - len(kept)
    if not kept:
        assert report["count"] == 0
        return len(records)
    check_stats("all", report["stats"], [v for _, v, _ in kept])
    assert sum(n for _, n in report["histogram_ns"]) == len(kept)
    if by or window:
        expected = expect_groups(kept, by, window)
        assert len(report["groups"]) == len(expected)
        for found, ((start, group), latencies) in zip(report["groups"], expected):
            assert found.get("by") == ({"group": group} if by else None)
            assert ("window_start" in found) == bool(window)
            check_stats((start, group), found["stats"], latencies)
    return len(records)


generator = random.Random(SEED)
count = sum(round_of(generator) for _ in range(ROUNDS))
print(f"seed {SEED}: {ROUNDS} runs, {count} latencies agree with exact sorting")
sys.exit(0)
