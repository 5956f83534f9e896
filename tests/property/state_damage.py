#!/usr/bin/env python3
"""Damage to real state directories: each flipped bit and each truncation of the newest snapshot's files
is found, told, and the run goes on from the snapshot before, to the files and counters of an unbroken
one. Where the one before is damaged too: status 4, nothing is written, nothing begins anew. FLIPS=N a
tool (LONG=1: every bit, every length). SEED, TOOL."""
import os
import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import durable

seed = durable.seed()
FLIPS = int(os.environ.get("FLIPS", 0 if durable.LONG else 400))


class Site:
    """A tool that has had two thirds of its input, in two snapshots."""

    def __init__(self, folder, tool):
        self.folder = Path(folder)
        self.case = case = durable.Case(random.Random(f"{seed}-{tool}"), folder, tool, sizes=(900,),
                                        kcat=False, inputs=1)
        case.by_stdin = False
        content = (self.folder / "input0").read_bytes()
        if case.run("whole", "1h") not in (0, 1):
            raise SystemExit("the unbroken run failed: " + case.keep())
        self.whole, self.counted = case.contents("whole"), case.counters("whole")
        for part in (1, 2):
            cut = content.index(b"\n", len(content) * part // 3) + 1
            (self.folder / "input0").write_bytes(content[:cut])
            if case.run("broken", "1h") not in (0, 1):
                raise SystemExit("a first run failed: " + case.keep())
        (self.folder / "input0").write_bytes(content)
        self.state = self.folder / "broken.state"
        self.saved = {path.name: path.read_bytes() for path in self.state.iterdir()}
        self.outputs = case.contents("broken")
        self.newest = max(durable.manifests(self.state))

    def lay_out(self, damaged=None):
        """As the first runs have left it, but for some files."""
        for path in self.state.iterdir():
            path.unlink()
        for name, content in {**self.saved, **(damaged or {})}.items():
            descriptor = os.open(self.state / name, os.O_WRONLY | os.O_CREAT, 0o600)
            os.write(descriptor, content)
            os.close(descriptor)
        for option, content in self.outputs.items():  # the very files, for their inodes
            with open(self.folder / self.case.name_of("broken", option), "r+b") as file:
                file.truncate(0)
                file.write(content)

    def only_newest(self):
        """Files that the newest snapshot needs and the one before does not."""
        def named(number):
            text = subprocess.run(["zstdcat", self.state / f"snapshot-{number:06}.zst"], check=True,
                                  stdout=subprocess.PIPE).stdout.decode()
            return {f"snapshot-{number:06}.zst", *re.findall(r'"file":"([^"]+)"', text)}

        return named(self.newest), named(self.newest - 1)

    def damages(self, name):
        """Each as (what, content)."""
        content = self.saved[name]
        for bit in range(8 * len(content)):
            yield f"bit {bit}", (lambda bit: content[:bit // 8] +
                                 bytes([content[bit // 8] ^ 1 << bit % 8]) + content[bit // 8 + 1:]), bit
        for size in range(len(content)):
            yield f"cut to {size}", (lambda size: content[:size]), size
        yield "longer", (lambda _: content + b"\0"), 0
        yield "zeros", (lambda size: bytes(size)), len(content)

    def goes_on(self, name, what):
        """"" or what is wrong with a run where one file of the newest snapshot is damaged."""
        status = self.case.run("broken", "1h")
        told = [line for line in self.case.messages("broken") if "broken.state" in line]
        if status not in (0, 1) or len(told) != 1 or f"broken.state/{name}: " not in told[0]:
            return f"{name}, {what}: status {status}: {told}"
        problem = self.case.difference(self.whole, "broken", self.counted)
        return f"{name}, {what}: {problem}" if problem else ""

    def refuses(self, what):
        """Where both are damaged."""
        status = self.case.run("broken", "1h")
        told = [line for line in self.case.messages("broken")]
        if status != 4 or "no snapshot in it is whole" not in told[-1] or len(told) != 3:
            return f"both damaged, {what}: status {status}: {told}"
        if self.case.contents("broken") != self.outputs:
            return f"both damaged, {what}: something was written"
        return ""


def check(tool):
    """How many damages were tried."""
    rng = random.Random(f"{seed}-{tool}-damage")
    with tempfile.TemporaryDirectory(dir=durable.MEMORY) as folder:
        site = Site(folder, tool)
        newest, before = site.only_newest()
        plan = [(name, *damage) for name in sorted(newest - before) for damage in site.damages(name)]
        if FLIPS:
            plan = rng.sample(plan, FLIPS)
        for number, (name, what, make, argument) in enumerate(plan):
            damaged = {name: make(argument)}
            site.lay_out(damaged)
            problem = site.goes_on(name, what)
            if not problem and number % 10 == 0:
                # The one before as well: its manifest, or a segment that it names.
                other, more, make_other, at = rng.choice(
                    [(other, *damage) for other in sorted(before)
                     for damage in rng.sample(list(site.damages(other)), 1)])
                site.lay_out({**damaged, other: make_other(at)})
                problem = site.refuses(f"{name}, {what}; {other}, {more}")
            if problem:
                raise SystemExit(f"state_damage: SEED={seed}: {problem}: {site.case.keep()}")
        return len(plan)


def main():
    tools = [os.environ["TOOL"]] if "TOOL" in os.environ else list(durable.TOOLS)
    counts = durable.in_parallel(check, [(tool,) for tool in tools])
    print(f"state_damage: {sum(counts)} flipped bits and cuts in states of {', '.join(tools)}: all "
          f"found, the snapshot before was used (SEED={seed})")


main()
