#!/usr/bin/env python3
"""evjoin --memory: more waits than memory may hold; the same pairs, those that evgen says are true,
within the bound, also after kill -9 and restart. LONG=1: more of them."""
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

top = Path(__file__).resolve().parents[2]
programs = (top / os.environ.get("BIN", "bin")).resolve()
seed = os.environ.get("SEED", "20240501")
count = 6000000 if os.environ.get("LONG") else 1000000
BOUND = 100 * 1024  # KiB
sanitized = os.environ.get("SANITIZE") or "sanitized" in str(programs)


def join(folder, name, *options):
    return subprocess.Popen([programs / "evjoin", "--within", "-1m..24h", "--select", ".key", "-s", f"{name}.state",
                             "-o", f"{name}.out", *options, "in.ndjson"], cwd=folder)


def finish(process):
    """Peak of resident memory, KiB."""
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"state_memory: SEED={seed}: status {status}")
    return usage.ru_maxrss


def check(holds, message):
    if not holds:
        sys.exit(f"state_memory: SEED={seed}: {message}")


with tempfile.TemporaryDirectory(dir=top / "build") as name:
    folder = Path(name)
    subprocess.run([programs / "evgen", "--speed", "max", "--seed", seed, "--count", str(count), "--share",
                    "unmatched=.6", "--truth", "truth", "-o", "in.ndjson"], cwd=folder, check=True)
    free = finish(join(folder, "free"))
    bound = finish(join(folder, "bound", "--memory", f"{BOUND}K"))
    whole = (folder / "free.out").read_bytes()
    pairs = sum(1 for _ in open(folder / "truth"))
    found = whole.count(b"\n")
    check(found == pairs, f"{found} pairs found of {pairs}")
    check((folder / "bound.out").read_bytes() == whole, "other pairs within the bound")
    check(sanitized or free > 1.5 * BOUND, f"only {free} KiB without a bound: nothing had to move")
    check(sanitized or bound <= 1.15 * BOUND, f"{bound} KiB resident within {BOUND}")
    kills = 0
    for patience in (0.6, 0.9, 1.2, 1.6):
        process = join(folder, "broken", "--memory", f"{BOUND}K", "--snapshot-every", "100ms")
        time.sleep(patience)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
    finish(join(folder, "broken", "--memory", f"{BOUND}K"))
    check((folder / "broken.out").read_bytes() == whole, f"other pairs after {kills} kills")
    print(f"evjoin --memory: {pairs} pairs, {free // 1024} MiB without a bound, {bound // 1024} within "
          f"{BOUND // 1024}, the same after {kills} kills (SEED={seed})")
