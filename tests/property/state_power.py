#!/usr/bin/env python3
"""Power cuts. Runs with --state, killed and started again, are traced; tests/lib/power_cut.py makes
of the trace what a cut at any moment may leave on disk; a run on that must end with the files and
counters of an unbroken one, without a warning, and from a snapshot no older than the last that was
vouched for. The same simulator must find writers that are broken on purpose
(tests/lib/broken_writer.c). CUTS=N (5000; LONG=1: 100,000), SEED, TOOL."""
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import durable
import power_cut

seed = durable.seed()
CUTS = int(os.environ.get("CUTS", 100000 if durable.LONG else 5000))
CUTS_A_TRACE = 250
BROKEN_TRACES = 40
# Calls at which traced runs are killed.
KILLS = ("openat", "write", "ftruncate", "fdatasync", "rename", "renameat2", "unlink", "unlinkat",
         "close", *8 * ["fsync"])
BROKEN = ("no-sync", "no-directory-sync", "no-output-sync", "rename-first", "publish-first")


class Site:
    """A folder in which a case was traced, and states are laid out that a cut may have left."""

    def __init__(self, rng, folder, broken=None):
        self.folder = Path(folder)
        self.stash = self.folder / "stash"
        self.work = self.folder / "work"
        for path in (self.stash, self.work, self.work / "side", self.work / "place", self.folder / "whole"):
            path.mkdir()
        tool = os.environ.get("TOOL") or rng.choice(list(durable.TOOLS))
        # Pairs are many: each state laid out is written anew.
        self.case = durable.Case(rng, self.work, tool,
                                 (700, 1500) if tool in ("evjoin", "evattr") else (2000, 8000))
        self.case.place = "place/"
        if rng.random() < 0.5:
            # In a folder that nobody else has a reason to sync; sometimes nothing but these.
            self.case.side = "side/"
            if rng.random() < 0.5 and self.case.files[1:]:
                self.case.files = self.case.files[1:]
        if self.case.run("whole", "1h") not in (0, 1):
            raise SystemExit("the unbroken run failed: " + self.case.keep())
        self.whole, self.counted = self.case.contents("whole"), self.case.counters("whole")
        for path in self.outputs("whole"):
            path.unlink()
        environment = dict(durable.ENVIRONMENT)
        if broken:
            environment |= {"BROKEN": broken[0], "LD_PRELOAD": broken[1]}
        self.trace = power_cut.Trace(self.work)
        kills = [(rng.choice(KILLS), rng.randrange(1, 8)) for _ in range(rng.randrange(5))]
        for kill in [*kills, None, None]:
            given = self.work / self.case.inputs[0] if self.case.by_stdin else None
            status = self.trace.run(self.case.command("broken", "1ms"), environment,
                                    self.folder / "trace", given, kill)
            if status not in (0, 1, -9) or (status == -9 and kill is None):
                raise SystemExit(f"a traced run ended with {status}")
        # The very files, for their inodes: a snapshot names them.
        for path in self.outputs("broken"):
            os.link(path, self.stash / path.name)

    def outputs(self, name):
        return [self.work / self.case.name_of(name, option) for option in self.case.files]

    def lay_out(self, state):
        shutil.rmtree(self.work / "place/broken.state", ignore_errors=True)
        for path in self.outputs("broken"):
            path.unlink(missing_ok=True)
        for path in self.work.glob("broken*.committed*"):
            path.unlink()
        for name, content in state.items():
            path = Path(name)
            if content is None:
                path.mkdir(exist_ok=True, mode=0o700)
                continue
            if path in self.outputs("broken"):
                os.link(self.stash / path.name, path)
            with open(path, "wb") as file:
                file.write(content)
            path.chmod(0o600)

    def try_cut(self, rng):
        """"" or what is wrong with a state that a cut may leave."""
        moment, state, least = self.trace.cut(rng)
        self.lay_out(state)
        saved = self.work / "place/broken.state"
        newest = max(durable.manifests(saved) if saved.exists() else [], default=0)
        if newest < least:
            return f"cut at {moment}: snapshot {least} was vouched for, {newest} is there"
        problem = durable.published_ahead(
            state.get(str(self.work / "broken--out.committed")),
            state.get(str(saved / f"snapshot-{newest:06}.zst")))
        if problem:
            return f"cut at {moment}: {problem}"
        status = self.case.run("broken", "1h")
        told = [line for line in self.case.messages("broken")
                if any(word in line for word in ("damaged", "snapshot", "appended", "state"))]
        if status not in (0, 1) or told and not told[-1].startswith("{"):
            return f"cut at {moment}: status {status}: {told}"
        told = [line for line in told if not line.startswith("{")]
        if told:
            return f"cut at {moment}: {told}"
        problem = self.case.difference(self.whole, "broken", self.counted)
        return f"cut at {moment}: {problem}" if problem else ""


def cuts_of_a_trace(number, count):
    """Moments traced, snapshots, and the problem found, if any."""
    rng = random.Random(f"{seed}-{number}")
    with tempfile.TemporaryDirectory(dir=durable.MEMORY) as folder:
        site = Site(rng, folder)
        for _ in range(count):
            problem = site.try_cut(rng)
            if problem:
                raise SystemExit(f"state_power: SEED={seed}, trace {number}: {problem}: "
                                 + site.case.keep())
        return site.trace.moments, site.trace.last_manifest


def cuts_until_found(how, library):
    """How many cuts it took to find what the writer does wrong; 0 = it was not found."""
    tried = 0
    for number in range(BROKEN_TRACES):
        rng = random.Random(f"{seed}-{how}-{number}")
        with tempfile.TemporaryDirectory(dir=durable.MEMORY) as folder:
            site = Site(rng, folder, (how, library))
            for _ in range(100):
                tried += 1
                if site.try_cut(rng):
                    return tried
    return 0


def main():
    if shutil.which("strace") is None:
        print("ok property/state_power.py # SKIP no strace here")
        return
    begun = time.monotonic()
    traces = durable.in_parallel(cuts_of_a_trace, [
        (number, min(CUTS_A_TRACE, CUTS - number * CUTS_A_TRACE))
        for number in range((CUTS + CUTS_A_TRACE - 1) // CUTS_A_TRACE)])
    with tempfile.TemporaryDirectory() as folder:
        library = durable.broken_writer(folder)
        found = dict(zip(BROKEN, durable.in_parallel(cuts_until_found,
                                                     [(how, library) for how in BROKEN])))
    for how, tried in found.items():
        if tried == 0:
            raise SystemExit(f"state_power: SEED={seed}: the writer broken by {how} was not found")
    print(f"state_power: {CUTS} cuts in {sum(moments for moments, _ in traces)} moments of "
          f"{len(traces)} traces with {sum(count for _, count in traces)} snapshots: nothing lost; "
          f"broken writers found: {', '.join(f'{how} after {n}' for how, n in found.items())} "
          f"(SEED={seed}, {time.monotonic() - begun:.0f} s)")


main()
