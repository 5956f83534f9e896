"""What the tests of durable state share: random input, the stateful tools as a table of command
lines, and the comparison of a run that was disturbed with one that was not. A new stateful tool is
a row in TOOLS."""
import functools
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

top = Path(__file__).resolve().parents[2]
programs = (top / os.environ.get("BIN", "bin")).resolve()
helpers = top / "build/helpers"
LONG = bool(os.environ.get("LONG"))
MS = 1000000
# fsync is not what is tested: its cost is spared.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# A sanitizer's complaint is no status that a tool ends with.
ENVIRONMENT = {**os.environ, **{name: "exitcode=99" for name in (
    "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")}}
COUNTED = ("read", "used", "filtered", "late", "rejected", "replayed", "tombstones", "control",
           "duplicate", "partly_late", "written", "unwritable", "null_results", "keyless",
           "watermark", "pairs", "unmatched_left", "unmatched_right", "match_errors", "touches",
           "conversions", "emitted", "updated", "attributed", "unattributed", "held_conversions")


def seed():
    return int(os.environ.get("SEED", time.time_ns() % 1000000))


def records(rng, count):
    """Lines in some disorder, with repeats, late records, and some that are no records."""
    keys = rng.choice([60, 1000, 100000] if count < 30000 else [60, 300, 2000])
    now = 1700000000000 * MS
    for _ in range(count):
        now += rng.randrange(20 * MS)
        moment = now - rng.choice([0, 0, rng.randrange(500 * MS), rng.randrange(5000 * MS)])
        key = rng.randrange(keys)
        if rng.random() < 0.002:
            yield rng.choice(['{"key":', '{"event_time_ns":1,"event_time_ns":2}', "[1]", '{"key":1}'])
            continue
        yield json.dumps({"key": rng.choice([key, f"k{key}", [key, "x"]]) if keys < 1000 else key,
                          "part": rng.randrange(3), "event_time_ns": moment,
                          "sink": moment + rng.randrange(10000 * MS)})


def in_envelopes(lines, partition):
    """As kcat -J prints them. What is no UTF-8 or no record stands in the payload as a string."""
    return [json.dumps({"topic": "t", "partition": partition, "offset": offset, "tstype": "create",
                        "ts": 1700000000000, "broker": 0, "key": None, "payload": line})
            for offset, line in enumerate(lines)]


def pick(rng, *choices):
    return list(rng.choice(choices))


def windows(rng):
    """Windows, aggregates, and how results are written, of evwindow."""
    window = pick(rng, ["-w", "1s"], ["-w", "5s/1s"], ["-w", "10s/250ms"], ["--cumulate", "10s/2s"],
                  ["--session", "300ms"], ["--session", "2s", "--max-session", "20s"],
                  ["--tz", "Europe/Berlin", "-w", "1d"])
    results = pick(rng, [], [], ["--each"], ["--lateness", "2s"], ["--emit", "update"],
                   ["--emit", "update", "--every", "1s", "--lateness", "500ms"])
    if not results and window[0] != "--session":
        results = pick(rng, [], ["--top", "3"])
    calls = rng.sample(["n=count", "s=sum(.sink)", "sd=stddev(.part)", "d=distinct(.key)",
                        "ad=approx_distinct(.key)", "q=quantile(.sink; 0.9)", "t=top(.key; 2)",
                        "all=collect(.part)", "f=first(.key)", "l=last(.key)", "lo=min(.sink)"], 4)
    return [*window, "-a", ",".join(calls), *pick(rng, [], ["-b", ".part"], ["-b", ".key"]),
            *results]


def join_options(rng):
    kind = rng.choice(["inner", "left", "right", "full", "left-anti", "right-anti"])
    shape = pick(rng, [], ["--flat"], ["--names", "a,b"]) if "anti" not in kind else []
    return ["-k", rng.choice([".key", "[.key, .part % 2]"]), "--left", rng.choice([".part == 0", ".part < 2"]),
            "--right", ".part > 0", "--within", rng.choice(["100ms", "0..2s", "-1s..<3s", "1s..2s", "5s"]),
            "--join", kind, *shape, *pick(rng, [], ["--once"]),
            *pick(rng, [], ["--left-keep", "last"], ["--left-keep", "first"]),
            *pick(rng, [], [], ["--match", ".left.sink <= .right.sink"])]


def attribution_options(rng):
    model = rng.choice([["last"], ["first"], ["linear"], ["position:.4,.2,.4"], ["time-decay:1s"]])
    shared = model[0] not in ("last", "first")
    credits = pick(rng, [], ["--credits"])
    return ["-k", rng.choice([".key", "[.key, .part % 2]"]), "--touch", rng.choice([".part == 0", ".part < 2"]),
            "--conversion", ".part > 0", "--within", rng.choice(["100ms", "0<..2s", "1s..3s", "8s"]),
            "--model", *model, "--touch-id", ".sink", "--id", rng.choice([".sink", ".key", ".none"]),
            *pick(rng, ["--emit", "update"], ["--reuse", "no"], []), *credits,
            *pick(rng, [], ["--priority", ".sink % 3"]),
            *(pick(rng, [], ["--value", ".sink"]) if shared or credits else [])]


# Tool, its options, and the options that name files it writes.
TOOLS = {
    "evuniq": (lambda rng: ["-k", rng.choice([".key", "[.key, .part]"]),
                            "--within", rng.choice(["100ms", "2s", "1h"]),
                            *pick(rng, [], ["--refresh"]), *pick(rng, [], ["--exact"])],
               ["--out", "--late", "--reject", "--repeats"]),
    "evjoin": (join_options, ["--out", "--late", "--reject"]),
    "evattr": (attribution_options, ["--out", "--late", "--reject"]),
    "evlatency": (lambda rng: ["--to", ".sink:ns", "--format", "json", *pick(rng, [], ["-b", ".part"]),
                               *pick(rng, [], ["-w", "10s"]), *pick(rng, [], ["--warmup", "5s"])],
                  ["--out", "--reject"]),
    "evwindow": (windows, ["--out", "--late", "--reject"]),
}
# Those that write one report over all they have seen at each end of their input.
REPORTS = {"evlatency"}


def common(rng, tool):
    """Options of every stateful tool."""
    timed = tool not in REPORTS
    return [*(pick(rng, [], ["--partition", ".part"]) if timed else []),
            *(pick(rng, [], ["--stream", ".part"]) if timed else []),
            *(pick(rng, [], ["--memory", "32M"]) if tool in ("evjoin", "evattr") else []),
            *(pick(rng, [], ["-d", "1s"], ["-d", "5s"])), *pick(rng, [], ["--where", ".part != 1"])]


class Case:
    """A tool with random options over random input in a folder. Runs are told apart by a name, which
    their state directory and their files begin with."""

    def __init__(self, rng, folder, tool=None, sizes=None, kcat=None, inputs=None):
        self.tool = tool or os.environ.get("TOOL") or rng.choice(list(TOOLS))
        self.folder = Path(folder)
        options, self.files = TOOLS[self.tool]
        self.kcat = rng.random() < 0.3 if kcat is None else kcat
        # Between two reads there is no snapshot: what waits must be more than a read brings.
        sizes = sizes or ([40000] if self.tool in ("evjoin", "evattr") else [3000, 20000])
        self.inputs = []
        for number in range(inputs or rng.choice([1, 1, 2])):
            lines = list(records(rng, rng.choice(sizes)))
            self.inputs.append(f"input{number}")
            (self.folder / self.inputs[-1]).write_text(
                "\n".join(in_envelopes(lines, number) if self.kcat else lines) + "\n")
        self.options = options(rng) + common(rng, self.tool) + (["-J"] if self.kcat else [])
        self.by_stdin = len(self.inputs) == 1 and rng.random() < 0.3
        self.side = ""   # a folder for the files other than --out
        self.place = ""  # a folder for the state directories
        self.to_stdout = False
        self.patience = rng.choice([0.5, 0.5, 1.3])  # of what an unbroken run takes, until a kill

    def name_of(self, name, option):
        return f"{name}{option}" if option == "--out" else f"{self.side}{name}{option}"

    def written(self):
        return [option for option in self.files if option != "--out" or not self.to_stdout]

    def command(self, name, every):
        command = [str(programs / self.tool), *self.options, "-v", "--state", f"{self.place}{name}.state",
                   "--snapshot-every", every]
        for option in self.written():
            command += [option, self.name_of(name, option)]
        return command + ([] if self.by_stdin else self.inputs)

    def start(self, name, every, prefix=(), more=(), stdin=None, stdout=subprocess.DEVNULL):
        self.last = [*prefix, *self.command(name, every), *more]
        with open(self.folder / self.inputs[0] if self.by_stdin else os.devnull) as given, \
                open(self.folder / f"{name}.errors", "w") as errors:
            return subprocess.Popen(self.last, cwd=self.folder, stdin=stdin or given, stderr=errors,
                                    stdout=stdout, env=ENVIRONMENT)

    def run(self, name, every, prefix=()):
        """Its status."""
        return self.start(name, every, prefix).wait(120)

    def messages(self, name):
        return (self.folder / f"{name}.errors").read_text().splitlines()

    def counters(self, name):
        values = json.loads(self.messages(name)[-1])
        return {key: values.get(key) for key in COUNTED}

    def contents(self, name):
        """What the run has left in its files."""
        return {option: (self.folder / self.name_of(name, option)).read_bytes()
                for option in self.written()}

    def difference(self, whole, broken, counters=None, without=()):
        """Between the files, and the counters, of the unbroken run and of another; "" = none.
        `whole`, `broken`: names; or whole's contents() and counters(), read before."""
        if isinstance(whole, str):
            whole, counters = self.contents(whole), self.counters(whole)
        try:
            found = self.contents(broken)
        except FileNotFoundError as error:
            return str(error)
        for option, content in whole.items():
            got = found[option]
            if self.tool in REPORTS and option == "--out":
                # A run that was killed after its report and its last save has reported.
                got = got[-len(content):]
            if content != got:
                return f"{option} differs: {len(content)} and {len(got)} bytes"
        other = self.counters(broken)
        for key, value in counters.items():
            if other[key] != value and key not in without:
                return f"{key} is {other[key]}, not {value}"
        return ""

    def published_ahead(self, name):
        """"" or how FILE.committed of a run's --out is ahead of its newest snapshot."""
        path, state = self.folder / f"{name}--out.committed", self.folder / f"{self.place}{name}.state"
        newest = max(manifests(state) if state.exists() else [], default=0)
        return published_ahead(path.read_bytes() if path.exists() else None,
                               (state / f"snapshot-{newest:06}.zst").read_bytes() if newest else None)

    def keep(self):
        """Where the folder was copied to, for who looks into a failure."""
        kept = tempfile.mkdtemp(prefix="evtools-failed.")
        shutil.copytree(self.folder, kept, dirs_exist_ok=True, symlinks=True)
        return f"{' '.join(self.last)} (kept in {kept})"


def manifests(folder):
    """Numbers of the snapshots in a state directory, ascending."""
    return sorted(int(match[1]) for match in
                  (re.fullmatch(r"snapshot-(\d{6,})\.zst", entry) for entry in os.listdir(folder))
                  if match)


@functools.lru_cache(maxsize=64)
def saved_length(manifest):
    """Of --out, by a manifest's bytes."""
    lines = subprocess.run(["zstdcat"], input=manifest, stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL, check=False).stdout.splitlines()
    return next((json.loads(line)["length"] for line in lines
                 if line.startswith(b'{"kind":"output","option":"--out"')), 0)


def published_ahead(committed, manifest):
    """Who follows --out must be able to read FILE.committed, and never read what the next run, which
    starts from this manifest, goes back behind: "" or what is wrong. None: the file is not there."""
    if committed is None:
        return ""
    try:
        length = json.loads(committed)["length"]
    except ValueError:
        return f"FILE.committed holds {committed!r}"
    kept = saved_length(manifest) if manifest else 0
    return f"{length} bytes of --out were published, {kept} saved" if length > kept else ""


def broken_writer(folder):
    """Builds tests/lib/broken_writer.c there."""
    library = f"{folder}/broken_writer.so"
    subprocess.run([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-D_GNU_SOURCE", "-O1", "-o",
                    library, top / "tests/lib/broken_writer.c"], check=True)
    return library


def in_parallel(worker, arguments):
    """worker(*argument) for each, one process a processor; their results, or ends the program with
    what one of them has raised or said by exiting."""
    import concurrent.futures
    import multiprocessing
    with concurrent.futures.ProcessPoolExecutor(
            len(os.sched_getaffinity(0)), multiprocessing.get_context("fork")) as pool:
        futures = [pool.submit(worker, *argument) for argument in arguments]
        return [future.result() for future in futures]
