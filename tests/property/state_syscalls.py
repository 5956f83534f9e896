#!/usr/bin/env python3
"""A run with --state is killed at each of its system calls in turn, from the making of the directory
to the end: start, snapshots, stop; likewise one that goes on from an earlier run's state. The next
run goes on, without a word, from one of the two newest snapshots, and ends with the files and
counters of an unbroken run; FILE.committed is never ahead of the newest. A writer that publishes it
first (tests/lib/broken_writer.c) must be found. STRIDE=N: only each Nth call, from a random one on.
SEED, TOOL."""
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import durable

seed = durable.seed()
stride = int(os.environ.get("STRIDE", 1))
KILLED = 137


def kill_everywhere(case, prepare, begun, broken=()):
    """Kills, by the number of snapshots that were there then. `broken`: a command that the runs to be
    killed are started by."""
    kills = {}
    step = 1 if broken else stride
    call = -random.Random(f"{seed}-{case.tool}-{begun}").randrange(step)
    whole, counted = case.contents("whole"), case.counters("whole")
    while True:
        call += step
        prepare()
        least = max(durable.manifests(case.folder / "broken.state"), default=0) if begun else 0
        status = case.run("broken", "1ms", [str(durable.helpers / "kill_at"), str(call), *broken])
        if status != KILLED:
            break
        found = durable.manifests(case.folder / "broken.state") \
            if (case.folder / "broken.state").exists() else []
        if max(found, default=0) < least or len(found) > 3:
            return kills, f"killed at call {call}: snapshots {found}, {least} was there before"
        problem = case.published_ahead("broken")
        if problem:
            return kills, f"killed at call {call}: {problem}"
        kills[max(found, default=0)] = kills.get(max(found, default=0), 0) + 1
        status = case.run("broken", "1h")
        told = [line for line in case.messages("broken")[:-1] if "state" in line]
        if status not in (0, 1) or told:
            return kills, f"killed at call {call}: then status {status}: {told}"
        problem = case.difference(whole, "broken", counted)
        if problem:
            return kills, f"killed at call {call}: {problem}"
    return kills, "" if status in (0, 1) else f"status {status} after call {call}"


def check(tool, resumed, broken=()):
    """One tool, on an empty directory or on that of a run that had half of the input: kills."""
    rng = random.Random(f"{seed}-{tool}-{resumed}")
    with tempfile.TemporaryDirectory(dir=durable.MEMORY) as folder:
        case = durable.Case(rng, folder, tool, sizes=(4000,), kcat=False, inputs=1)
        case.by_stdin = False
        if case.run("whole", "1h") not in (0, 1):
            raise SystemExit("the unbroken run failed: " + case.keep())
        whole_input = (case.folder / "input0").read_bytes()

        def prepare():
            for path in case.folder.glob("broken*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if resumed:
                # The same run as before the cut: positions and lengths name its very files.
                half = whole_input.index(b"\n", len(whole_input) // 2) + 1
                os.truncate(case.folder / "input0", half)
                if case.run("broken", "1h") not in (0, 1):
                    raise SystemExit("the first run failed: " + case.keep())
                with open(case.folder / "input0", "ab") as file:
                    file.write(whole_input[half:])

        kills, problem = kill_everywhere(case, prepare, resumed, broken)
        if broken:
            return int("were published" in problem)
        if not problem and stride == 1 and (sum(kills.values()) < 50 or len(kills) < 2):
            problem = f"only {kills} kills by snapshot"
        if problem:
            raise SystemExit(f"state_syscalls: SEED={seed}: {problem}: {case.keep()}")
        return sum(kills.values())


def main():
    tools = [os.environ["TOOL"]] if "TOOL" in os.environ else list(durable.TOOLS)
    counts = durable.in_parallel(check, [(tool, resumed) for tool in tools
                                         for resumed in (False, True)])
    with tempfile.TemporaryDirectory() as folder:
        broken = [shutil.which("env"), "BROKEN=publish-first",
                  f"LD_PRELOAD={durable.broken_writer(folder)}"]
        if not check(tools[0], False, broken):
            raise SystemExit(f"state_syscalls: SEED={seed}: a writer that publishes first was not found")
    print(f"state_syscalls: killed at {sum(counts)} system calls of {', '.join(tools)}; each next run "
          f"went on (SEED={seed})")


main()
