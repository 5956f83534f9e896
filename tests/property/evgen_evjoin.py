#!/usr/bin/env python3
"""What evgen --truth tells is what evjoin finds: pairs within the bound, none twice, none missing,
whatever is wrong with the stream, plain and in the kcat envelope. SEED and ROUNDS as elsewhere."""
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

top = Path(__file__).resolve().parents[2]
tools = top / os.environ.get("BIN", "bin")
seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
rounds = int(os.environ.get("ROUNDS", 12))


def one_round(choose, folder):
    bound = choose.choice([1, 2, 4, 20])
    shares = f"late={choose.choice([0, .01, .1])},duplicate={choose.choice([0, .1])}," \
             f"malformed={choose.choice([0, .01])},unmatched={choose.choice([.1, .3])}"
    envelope = choose.choice([[], ["--envelope", "kcat", "--partitions", "3"]])
    generate = [tools / "evgen", "--speed", "max", "--seed", str(choose.randrange(1 << 30)),
                "--count", "4000", "--rate", choose.choice(["50", "1000"]),
                "--disorder", choose.choice(["0", "2s"]), "--share", shares,
                choose.choice(["--mmpp", "--poisson"]), "--truth", folder / "truth", *envelope]
    join = [tools / "evjoin", "--timeout", f"{bound}s", "-d", "30s", *(["-J"] if envelope else [])]
    stream = subprocess.run(generate, check=True, capture_output=True).stdout
    joined = subprocess.run(join, input=stream, capture_output=True)
    assert joined.returncode == (1 if "malformed=0.01" in shares else 0), joined.stderr
    found = sorted((pair["key"], pair["left"]["event_time_ns"], pair["right"]["event_time_ns"])
                   for pair in map(json.loads, joined.stdout.splitlines()))
    with open(folder / "truth") as truth:
        told = [json.loads(line) for line in truth]
    expected = sorted((pair["key"], pair["left_time_ns"], pair["right_time_ns"]) for pair in told
                      if abs(pair["right_time_ns"] - pair["left_time_ns"]) <= bound * 10**9)
    if found != expected or not expected:
        print(f"not ok evgen_evjoin, SEED={seed}: {len(found)} pairs found, {len(expected)} told: "
              + " ".join(map(str, generate)) + " | " + " ".join(map(str, join)))
        sys.exit(1)


choose = random.Random(seed)
with tempfile.TemporaryDirectory() as name:
    for _ in range(rounds):
        one_round(choose, Path(name))
print(f"ok evgen_evjoin: {rounds} rounds, SEED={seed}")
