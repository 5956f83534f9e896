#!/usr/bin/env python3
"""--memory with several times as much waiting, straight from evgen: resident memory within a tenth
of the bound, and the results of evjoin those that evgen says are true, in their order; evjoin --join
left --eof close and evattr give what they give without a bound. WAITING=20G sets how much waits at
once (it takes about 1.5 times that on disk); without a bound it is only run where that fits."""
import hashlib
import os
import re
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

top = Path(__file__).resolve().parents[2]
programs = (top / os.environ.get("BIN", "bin")).resolve()
seed = os.environ.get("SEED", "20240501")
sanitized = os.environ.get("SANITIZE") or "sanitized" in str(programs)
UNITS = {"M": 1 << 20, "G": 1 << 30}
MIB = 1 << 20


def waiting_bytes():
    match = re.fullmatch(r"(\d+)([MG])", os.environ.get("WAITING", "2G" if os.environ.get("LONG") else "160M"))
    if not match:
        sys.exit("state_waiting: WAITING is a number and M or G")
    return int(match[1]) * UNITS[match[2]]


def memory_available():
    return int(re.search(r"MemAvailable: +(\d+)", Path("/proc/meminfo").read_text())[1]) << 10


def fail(message):
    sys.exit(f"state_waiting: SEED={seed}: {message}")


class Run:
    """evgen | tool: the hash of what it writes, its peak of resident memory, its time."""

    def __init__(self, folder, generator, tool, *options):
        begin = time.monotonic()
        source = subprocess.Popen([programs / "evgen", "--speed", "max", "--seed", seed, *shlex.split(generator)],
                                  cwd=folder, stdout=subprocess.PIPE)
        state = tempfile.mkdtemp(dir=folder)
        filter_ = subprocess.Popen([programs / tool[0], *tool[1:], "-s", state, *options], cwd=folder,
                                   stdin=source.stdout, stdout=subprocess.PIPE)
        source.stdout.close()
        digest = hashlib.sha256()
        self.lines = 0
        while block := filter_.stdout.read(MIB):
            digest.update(block)
            self.lines += block.count(b"\n")
        _, status, usage = os.wait4(filter_.pid, 0)
        if status != 0 or source.wait() != 0:
            fail(f"{tool[0]} ended with {status}, evgen with {source.returncode}")
        subprocess.run(["rm", "-rf", state], check=True)
        self.hash = digest.hexdigest()
        self.seconds = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        self.resident = usage.ru_maxrss << 10
        self.waits = usage.ru_majflt


def hash_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    return digest.hexdigest()


def check_bound(name, run, bound):
    if not sanitized and run.resident > 1.1 * bound:
        fail(f"{name}: {run.resident // MIB} MiB resident within {bound // MIB}")


def beside_free(name, folder, generator, tool, bounded, waiting, bound):
    """The same without a bound, where that fits."""
    text = f"{name}: {waiting // MIB} MiB waiting, {bounded.resident // MIB} resident within {bound // MIB}, " \
           f"{bounded.cpu:.1f} s CPU, {bounded.seconds:.0f} s, {bounded.waits} waits for the disk"
    if memory_available() < 2 * waiting:
        return text + "; without a bound it does not fit"
    free = Run(folder, generator, tool)
    if free.hash != bounded.hash:
        fail(f"{name}: other results within the bound")
    if not sanitized and free.resident < 2 * bound:
        fail(f"{name}: only {free.resident // MIB} MiB without a bound")
    return text + f"; without a bound {free.resident // MIB} resident, {free.cpu:.1f} s CPU, {free.seconds:.0f} s"


def pairs_are_true(folder, waiting, bound):
    # 330 bytes wait a record, of which five sixths wait at once; the first rows expire before the end.
    count = waiting // 330
    generator = f"--count {count} --rate {max(count // 79200, 1)} --ack-delay 0..20h --share unmatched=.6 " \
                "--truth truth"
    tool = ["evjoin", "--within", "-20h..24h", "--select",
            ".key, left_time_ns=.left.event_time_ns, right_time_ns=.right.event_time_ns"]
    run = Run(folder, generator, tool, "--memory", str(bound))
    if run.hash != hash_of(folder / "truth"):
        fail(f"evjoin: {run.lines} pairs are not those that are true")
    check_bound("evjoin", run, bound)
    return beside_free(f"evjoin: {run.lines} true pairs", folder, generator, tool, run, waiting, bound)


def all_rows_come_at_the_end(folder, waiting, bound):
    count = waiting // 400
    generator = f"--count {count} --rate {max(count // 36000, 1)} --ack-delay 0..9h --share unmatched=.6"
    tool = ["evjoin", "--within", "-20h..24h", "--join", "full", "--eof", "close"]
    run = Run(folder, generator, tool, "--memory", str(bound))
    check_bound("evjoin --eof close", run, bound)
    return beside_free(f"evjoin --join full --eof close: {run.lines} rows", folder, generator, tool, run, waiting,
                       bound)


def credits_are_the_same(folder, waiting, bound):
    count = waiting // 230
    generator = f"--count {count} --rate {max(count // 72000, 1)} --users {max(count // 4, 1)} shop"
    tool = ["evattr", "--touch", '.stream == "clicks"', "--conversion", '.stream == "purchases"', "-k", ".user_id",
            "--within", "24h", "--model", "linear"]
    run = Run(folder, generator, tool, "--memory", str(bound))
    check_bound("evattr", run, bound)
    return beside_free(f"evattr: {run.lines} conversions", folder, generator, tool, run, waiting, bound)


PARTS = {"pairs": pairs_are_true, "end": all_rows_come_at_the_end, "credits": credits_are_the_same}

waiting = waiting_bytes()
bound = max(waiting * 3 // 20, 48 * MIB)
reports = []
for part in os.environ.get("PARTS", "pairs end credits").split():
    with tempfile.TemporaryDirectory(dir=top / "build") as name:
        reports.append(PARTS[part](Path(name), waiting, bound))
        print(reports[-1], flush=True)
print(f"{'; '.join(reports)} (SEED={seed})" if os.environ.get("WAITING") or os.environ.get("LONG")
      else f"--memory: true pairs, all rows at the end, the same credits within {bound // MIB} MiB (SEED={seed})")
