#!/usr/bin/env python3
"""evuniq against a list of lives per key that is searched from end to end: the same lines, the same
repeats, the same late records, with fingerprints and with --exact; and a state that stays flat over
100 times --within. SEED and ROUNDS as in tests/README."""
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

top = Path(__file__).resolve().parents[2]
evuniq = top / os.environ.get("BIN", "bin") / "evuniq"
seed = int(os.environ.get("SEED", 20240501))
rounds = int(os.environ.get("ROUNDS", 150))
KEYS = ['"a"', r'"\u0061"', '"b"', "1", "1.0", "1e0", '"1"', '["x",1]', '[ "x", 1.0 ]', "true",
        "null", None, "9007199254740993", "9007199254740992"]


def identity(text):
    if text is None or text == "null":
        return None
    return json.dumps(json.loads(text, parse_float=lambda t: int(float(t))))


def oracle(records, within, delay, refresh):
    """(written, repeats, late) lines."""
    lives, maximum = {}, {}
    written, repeats, late = [], [], []
    for line, key, time, partition in records:
        maximum[partition] = max(time, maximum.get(partition, time))
        watermark = maximum[partition] - delay
        key = identity(key)
        if key is None:
            written.append(line)
            continue
        mine = lives.setdefault((partition, key), [])
        hits = [life for life in mine if life[1] + within > watermark and
                life[0] - within < time < life[1] + within]
        if hits:
            repeats.append(line)
            for life in hits if refresh else []:
                life[:] = [min(life[0], time), max(life[1], time)]
        elif time < watermark:
            late.append(line)
        else:
            mine.append([time, time])
            written.append(line)
    return written, repeats, late


def random_records(rng):
    keys = rng.sample(KEYS, rng.randint(1, len(KEYS)))
    if rng.random() < 0.3:
        keys += [f'"k{i}"' for i in range(rng.choice([20, 3000]))]
    partitions = rng.choice([1, 1, 3])
    records, clock = [], rng.choice([0, 10**18, -500])
    for number in range(rng.choice([10, 100, 4000])):
        clock += rng.choice([0, 1, 1, 5])
        time = clock - rng.choice([0, 0, 1, 3, 10, rng.randint(0, 60)])
        key, partition = rng.choice(keys), rng.randrange(partitions)
        member = "" if key is None else f'"k":{key},'
        line = f'{{{member}"p":{partition},"n":{number},"event_time_ns":{time}}}'
        records.append((line, key, time, partition))
    return records


def run(folder, lines, *options):
    names = [folder / "repeats", folder / "late"]
    result = subprocess.run(
        [evuniq, "-k", ".k", "--partition", ".p", "--repeats", names[0], "--late", names[1], "-v",
         *options], input="".join(line + "\n" for line in lines), text=True, capture_output=True)
    if result.returncode != 0:
        sys.exit(f"evuniq {options}: status {result.returncode}: {result.stderr}")
    late = [line.partition(',"record":')[2][:-1] for line in names[1].read_text().splitlines()]
    counters = json.loads(result.stderr.splitlines()[-1])
    return (result.stdout.splitlines(), names[0].read_text().splitlines(), late), counters


def check_random(folder):
    for number in range(rounds):
        rng = random.Random(seed + number)
        records = random_records(rng)
        within, delay = rng.choice([1, 2, 5, 20, 1000]), rng.choice([0, 1, 5, 30, 10**6])
        refresh, exact = rng.random() < 0.5, rng.random() < 0.5
        expected = oracle(records, within, delay, refresh)
        options = ["--within", f"{within}ns", "-d", f"{delay}ns"]
        options += ["--refresh"] * refresh + ["--exact"] * exact
        found, counters = run(folder, [record[0] for record in records], *options)
        counted = (counters["used"], counters["duplicate"], counters["late"])
        if found != expected or counted != tuple(map(len, expected)):
            for name, want, got in zip(("written", "repeats", "late"), expected, found):
                print(name, [line for line in want if line not in got][:3],
                      [line for line in got if line not in want][:3])
            sys.exit(f"differs from the oracle: seed {seed + number} {options} {counted}")


def check_flat(folder):
    """2000 new keys per life, for 3 and for 100 lives."""
    for options in ([], ["--refresh"], ["--exact"], ["--refresh", "--exact"]):
        sizes = []
        for lives in (3, 100):
            lines = [f'{{"k":"key{i}","p":1,"event_time_ns":{i}}}\n{{"k":"always","p":1,'
                     f'"event_time_ns":{i}}}' for i in range(2000 * lives)]
            _, counters = run(folder, lines, "--within", "2000ns", *options)
            sizes.append(counters["state_bytes"])
        if sizes[1] > 2.2 * sizes[0] + 2 * 2**21:
            sys.exit(f"state grows with the stream: {sizes} bytes after 3 and 100 lives, {options}")


with tempfile.TemporaryDirectory() as scratch:
    check_random(Path(scratch))
    check_flat(Path(scratch))
print(f"evuniq: {rounds} random streams as the oracle says, state flat over 100 lives; seed {seed}")
