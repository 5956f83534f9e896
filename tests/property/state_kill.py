#!/usr/bin/env python3
"""kill -9 at random moments, the same command line again, until it ends by itself. Random options and
input; in turn: files and kcat envelopes with results in files, which are then byte for byte what an
unbroken run writes; results to a living reader, who gets each at least once, in order, and repeats
identical; a pipe whose feeder starts over, with --resent; two stages that hand over a file. SEED,
TOOL, KILLS=N (200; LONG=1: 10,000)."""
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "lib"))
import durable

seed = durable.seed()
kills_wanted = int(os.environ.get("KILLS", 10000 if durable.LONG else 200))
# How often a case is begun anew: to make its input and its unbroken run takes longer than a kill.
rounds = 1 if kills_wanted < 1000 else 5
# A feeder that starts over makes the tool read again what it had read.
NOT_RESENT = ("read", "replayed")


class Killer:
    """Waits for processes, or kills them after a while, and looks where that has hit them."""

    def __init__(self, rng, span):
        self.rng, self.span = rng, span
        self.kills = self.restored = self.saving = 0
        self.left = 0  # kills until a run may come to its end

    def begin(self, case):
        """From nothing, once more."""
        self.left = 40
        for path in case.folder.glob("broken*"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()

    def wait(self, process, case):
        """Its status; None: it was killed."""
        state = case.folder / "broken.state"
        patience = self.rng.uniform(0, self.span) if self.left > 0 else 120
        try:
            if self.left > 0 and self.rng.random() < 0.4:
                # In the middle of the first save after that, or as it is published.
                time.sleep(patience)
                reached = self.rng.choice([lambda: any(state.glob("*.tmp")), published(case)]
                                          [:1 if case.to_stdout else 2])
                while process.poll() is None and not reached():
                    time.sleep(0.0001)
                patience = 0
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill(process, case)
            return None if process.returncode == -signal.SIGKILL else process.returncode

    def kill(self, process, case):
        state = case.folder / "broken.state"
        process.send_signal(signal.SIGKILL)
        if process.wait() != -signal.SIGKILL:
            return
        self.kills += 1
        self.left -= 1
        files = os.listdir(state) if os.path.isdir(state) else []
        newest = max(durable.manifests(state), default=0) if files else 0
        self.restored += newest > 0
        numbers = [int(number) for number in re.findall(r"-(\d{6,})", " ".join(files))]
        self.saving += any(name.endswith(".tmp") for name in files) or \
            max(numbers, default=0) > newest
        problem = case.published_ahead("broken")
        if problem:
            fail(case, f"after {self.kills} kills: {problem}")


def published(case):
    """Tells whether FILE.committed is another than now."""
    def look():
        try:
            return os.stat(case.folder / "broken--out.committed").st_ino
        except FileNotFoundError:
            return 0

    before = look()
    return lambda: look() != before


def fail(case, why):
    raise SystemExit(f"state_kill: SEED={seed}: {why}: {case.keep()}")


def measure(case):
    """Runs it unbroken; how long it may be left alone before a kill."""
    begun = time.monotonic()
    if case.run("whole", "1h") not in (0, 1):
        fail(case, "the unbroken run failed")
    return case.patience * (time.monotonic() - begun)


def until_it_ends(case, killer, start):
    """Starts it until it ends by itself; then it must have ended well."""
    status = None
    killer.begin(case)
    while status is None:
        status = killer.wait(start(), case)
    if status not in (0, 1):
        fail(case, f"status {status} after {killer.kills} kills")


def to_files(rng, case):
    """Results in files."""
    killer = Killer(rng, measure(case))
    for _ in range(rounds):
        every = rng.choice(["1ms", "5ms", "20ms"])
        until_it_ends(case, killer, lambda: case.start("broken", every))
        problem = case.difference("whole", "broken")
        if problem:
            fail(case, problem)
    return killer


class Reader(threading.Thread):
    """Takes what a run writes to its standard output."""

    def __init__(self, stream):
        super().__init__(daemon=True)
        self.stream, self.got = stream, b""
        self.start()

    def run(self):
        self.got = self.stream.read()


def to_reader(rng, case):
    """Results to a reader who lives on."""
    readers = []

    def start(name="broken", every=rng.choice(["1ms", "5ms"])):
        process = case.start(name, every, stdout=subprocess.PIPE)
        readers.append(Reader(process.stdout))
        return process

    case.to_stdout = True
    begun = time.monotonic()
    if start("whole", "1h").wait(120) not in (0, 1):
        fail(case, "the unbroken run failed")
    killer = Killer(rng, case.patience * (time.monotonic() - begun))
    readers[0].join(60)
    whole = readers.pop().got
    for _ in range(rounds):
        readers.clear()
        until_it_ends(case, killer, start)
        check_readers(case, whole, readers)
    return killer


def check_readers(case, whole, readers):
    """What each has got is of the unbroken run, goes on where the one before has come to or earlier,
    and is all of it in the end."""
    reached = 0
    for number, reader in enumerate(readers):
        reader.join(60)
        if case.tool in durable.REPORTS:
            reached = max(reached, len(whole) * reader.got.endswith(whole))
            continue
        # The latest place, not beyond what was written before, where this is what comes.
        place = whole.rfind(reader.got, 0, reached + len(reader.got))
        if place < 0 or (place > 0 and whole[place - 1:place] != b"\n"):
            fail(case, f"run {number} of {len(readers)} wrote what an unbroken run does not write "
                       f"there: {reader.got[:100]!r}...")
        reached = max(reached, place + reader.got.rfind(b"\n") + 1)
    if reached != len(whole):
        fail(case, f"{reached} bytes came, not {len(whole)}")
    problem = case.difference("whole", "broken")
    if problem:
        fail(case, problem)


def resent(rng, case):
    """A pipe, fed again from its beginning by each run."""
    content = (case.folder / case.inputs[0]).read_bytes()
    feeders = []

    def feed(process):
        try:
            at = 0
            while at < len(content):
                size = rng.choice([100, 5000, 65536, 300000])
                process.stdin.write(content[at:at + size])
                at += size
            process.stdin.close()
        except OSError:
            pass

    def start(name="broken", every=rng.choice(["1ms", "5ms"])):
        process = case.start(name, every, stdin=subprocess.PIPE, more=["--resent"])
        feeders.append(threading.Thread(target=feed, args=(process,), daemon=True))
        feeders[-1].start()
        return process

    case.by_stdin = True
    begun = time.monotonic()
    if start("whole", "1h").wait(120) not in (0, 1):
        fail(case, "the unbroken run failed")
    killer = Killer(rng, case.patience * (time.monotonic() - begun))
    for _ in range(rounds):
        until_it_ends(case, killer, start)
        for feeder in feeders:
            feeder.join(60)
        problem = case.difference("whole", "broken", without=NOT_RESENT)
        if problem:
            fail(case, problem)
    return killer


class Stage:
    """A tool that follows a file, killed now and then."""

    def __init__(self, case, killer):
        self.case, self.killer, self.process = case, killer, None

    def start(self, name="broken"):
        if self.process is None:
            self.process = self.case.start(name, self.killer.rng.choice(["1ms", "10ms"]),
                                           more=["--follow"])

    def stop(self, name, seconds):
        """Ends it in peace; the records it has read."""
        try:
            self.process.wait(seconds)
            fail(self.case, f"status {self.process.returncode}: {self.case.messages(name)}")
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGTERM)
        if self.process.wait(60) != -signal.SIGTERM:
            fail(self.case, f"status {self.process.returncode} on SIGTERM")
        self.process = None
        return self.case.counters(name)["read"]

    def kill(self):
        self.killer.kill(self.process, self.case)
        self.process = None

    def run_unbroken(self):
        """What is to come out: in one go, however long that takes."""
        begun = time.monotonic()
        measure(self.case)
        needed = max(0.1, time.monotonic() - begun)
        self.wanted = self.case.counters("whole")["read"]
        for attempt in range(30):
            for left in self.case.folder.glob("whole*"):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            self.start("whole")
            if self.stop("whole", needed * (attempt + 1)) == self.wanted:
                return
        fail(self.case, "does not come to the end of its input")

    def read_all(self):
        """Lets it come to the end of its input, and ends it."""
        read = -1
        for attempt in range(60):
            self.start()
            read = self.stop("broken", 0.05 * (attempt + 1))
            if read == self.wanted:
                return
        fail(self.case, f"{read} records read, not {self.wanted}")


def link(case, name):
    for end in ("", ".committed"):
        (case.folder / f"first{end}").unlink(missing_ok=True)
        (case.folder / f"first{end}").symlink_to(f"../{name}{end}")


def chain(rng, case):
    """Two stages over files: the first one's --out is followed by the second."""
    content = (case.folder / case.inputs[0]).read_bytes()
    case.by_stdin = False
    # Latencies are for records that the first stage has left as they were.
    tool = os.environ.get("TOOL") or rng.choice([
        tool for tool in durable.TOOLS if tool not in durable.REPORTS or case.tool == "evuniq"])
    second = durable.Case(rng, case.folder / "second", tool, sizes=(1,), kcat=False, inputs=1)
    second.by_stdin = False
    killer = Killer(rng, 0)
    stages = [Stage(stage, killer) for stage in (case, second)]
    second.inputs = ["first"]  # one name, which is in the records of --late
    for stage in stages:
        link(second, "whole--out")
        stage.run_unbroken()
    link(second, "broken--out")
    (case.folder / case.inputs[0]).write_bytes(b"")
    at = 0
    while at < len(content):
        for stage in stages:
            stage.start()
        with open(case.folder / case.inputs[0], "ab") as file:
            size = rng.choice([1000, 30000, 200000]) + len(content) // 20
            file.write(content[at:at + size])
            at += size
        time.sleep(rng.random() * 0.03)
        for stage in rng.sample(stages, rng.randrange(3)):
            stage.kill()
    for stage in stages:
        stage.read_all()
        problem = stage.case.difference("whole", "broken")
        if problem:
            fail(stage.case, problem)
    return killer


# How often, in a hundred, what is tried; whether it takes one input only; whether any tool.
WAYS = ((38, to_files, None), (32, to_reader, None), (20, resent, 1), (10, chain, 1))


def one_case(number, unused):
    """Kills, those that left a snapshot, those in the middle of a save; and what it was."""
    rng = random.Random(f"{seed}-{number}")
    _, way, inputs = WAYS[[0, 1, 2, 3, 0][number % 5]] if number < 5 else \
        rng.choices(WAYS, [way[0] for way in WAYS])[0]
    with tempfile.TemporaryDirectory(dir=durable.MEMORY) as folder:
        (Path(folder) / "second").mkdir()
        # A stage that others follow writes records.
        tool = rng.choice([name for name in durable.TOOLS if name not in durable.REPORTS]) \
            if way is chain else None
        killer = way(rng, durable.Case(rng, folder, tool, inputs=inputs))
        return killer.kills, killer.restored, killer.saving, way.__name__


def main():
    kills = restored = saving = number = 0
    ways = {}
    while kills < kills_wanted or len(ways) < len(WAYS):
        # A case is some five kills a round; the last of a batch is waited for.
        batch = [(number + i, 0) for i in range(min(max(4, (kills_wanted - kills) // 8 // rounds), 100))]
        number += len(batch)
        for here, with_snapshot, within_save, way in durable.in_parallel(one_case, batch):
            kills, restored, saving = kills + here, restored + with_snapshot, saving + within_save
            ways[way] = ways.get(way, 0) + here
    if restored < kills // 4 or saving < kills // 50:
        raise SystemExit(f"state_kill: SEED={seed}: of {kills} kills only {restored} left a snapshot, "
                         f"{saving} came in the middle of a save")
    print(f"state_kill: {kills} kills ({', '.join(f'{n} {way}' for way, n in ways.items())}) in "
          f"{number} cases, {restored} left a snapshot, {saving} in the middle of a save: as if "
          f"nothing had happened (SEED={seed})")


main()
