#!/usr/bin/env python3
"""evsql --position-table into a table without a key, while files grow: evsql, its client, and the durable
stage that writes the file are killed at random. After every kill the table holds the rows of the
first so many records, each once; at the end all of them. One case follows what evuniq --state writes
and commits, one a log that is rotated. SEED and ROUNDS (kills per case) as in tests/README;
DATABASES: "sqlite postgres" with a server that the environment names."""
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

top = Path(__file__).resolve().parents[2]
os.environ["PATH"] = f"{(top / os.environ.get('BIN', 'bin')).resolve()}:{os.environ['PATH']}"
seed = int(os.environ.get("SEED", time.time_ns() % 1000000))
kills_wanted = int(os.environ.get("ROUNDS", 200 if os.environ.get("LONG") else 20))
databases = os.environ.get("DATABASES", "sqlite").split()
rng = random.Random(seed)
scratch = tempfile.TemporaryDirectory(prefix="evtools-position-")
os.chdir(scratch.name)
NOTES = ["plain", "it's", 'a"b\\n\\', "line\nfeed", "\\.", "é😀", "x" * 300, ""]
PATIENCE = int(os.environ.get("PATIENCE", 60))  # seconds


def wanted(number):
    return number % 7 != 3


def record(number):
    return json.dumps({"n": number, "note": NOTES[number % len(NOTES)],
                       "event_time_ns": 1700000000000000000 + number}) + "\n"


class Wrong(Exception):
    pass


class Postgres:
    name, option, client = "psql", "--pg", ["psql", "-qX"]

    def run(self, sql):
        return subprocess.run(["psql", "-qXAt", "-c", "SET client_min_messages = warning", "-c", sql],
                              check=True, capture_output=True, text=True).stdout

    def clear(self):
        self.run("DROP TABLE IF EXISTS t, positions")


class Sqlite:
    # Processes are killed, not the machine.
    name, option = "sqlite3", "--sqlite"
    client = ["sqlite3", "-cmd", "PRAGMA synchronous = OFF", "t.db"]

    def run(self, sql):
        return subprocess.run(["sqlite3", "-cmd", ".timeout 10000", "t.db", sql], check=True,
                              capture_output=True, text=True).stdout

    def clear(self):
        for file in Path(".").glob("t.db*"):
            file.unlink()


class Feeder(threading.Thread):
    """Appends records to a file until it is told to stop; some come twice, some are none."""

    def __init__(self, name, repeats, broken):
        super().__init__(daemon=True)
        self.file_name, self.repeats, self.broken = name, repeats, broken
        self.count, self.stopped, self.lock = 0, False, threading.Lock()
        self.random = random.Random(rng.random())
        self.feed()

    def feed(self):
        text = ""
        for _ in range(self.random.randrange(1, 60)):
            text += record(self.count)
            if self.random.random() < self.repeats:
                text += record(self.random.randrange(self.count + 1))
            if self.random.random() < self.broken:
                text += '{"n":\n'
            self.count += 1
        with self.lock, open(self.file_name, "a", encoding="utf-8") as file:
            file.write(text)

    def run(self):
        while not self.stopped:
            self.feed()
            time.sleep(0.004)

    def rotate(self):
        with self.lock:
            for number in range(8, 0, -1):
                if os.path.exists(f"{self.file_name}.{number}"):
                    os.rename(f"{self.file_name}.{number}", f"{self.file_name}.{number + 1}")
            os.rename(self.file_name, f"{self.file_name}.1")


class Pipe:
    """evsql | client, gone on from where the table says."""

    def __init__(self, database, file):
        self.database = database
        options = ["evsql", database.option, "--into", "t", "--insert-only", "--create", "--select",
                   "n:bigint=.n,note:text=.note", "--position-table", "positions", "--where",
                   ".n % 7 != 3", "--batch", "25", "--every", "20ms"]
        query = subprocess.run([*options, "--resume-query"], check=True, capture_output=True)
        positions = subprocess.run(database.client, input=query.stdout, capture_output=True)
        if positions.returncode != 0:
            raise Wrong(positions.stderr)
        self.messages = open("messages", "ab")
        self.writer = subprocess.Popen([*options, "--resume-from", "-", "--follow", file],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       stderr=self.messages)
        self.reader = subprocess.Popen(database.client, stdin=self.writer.stdout,
                                       stderr=self.messages)
        self.writer.stdout.close()
        self.writer.stdin.write(positions.stdout)
        self.writer.stdin.close()

    def wait(self):
        self.writer.wait()
        self.reader.wait()
        self.messages.close()


def check(database, file):
    """The table is that of the first so many records; returns how many."""
    rows = sorted(int(n) for n in database.run("SELECT n FROM t").split()) if file else []
    expected = [number for number in range(rows[-1] + 1) if wanted(number)] if rows else []
    if rows != expected:
        raise Wrong(f"{len(rows)} rows, {len(set(rows))} different, the last {rows[-1]}: "
                    f"{sorted(set(expected) - set(rows))[:5]} are missing")
    return len(rows)


def table_exists(database):
    try:
        database.run("SELECT n FROM t WHERE n < 0")
    except subprocess.CalledProcessError:
        return False
    return True


def wait_for(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Wrong(f"{what} within {PATIENCE} s")
        time.sleep(0.02)


def start_stage():
    return subprocess.Popen(["evuniq", "--follow", "-k", ".n", "--within", "1h", "--state", "stage",
                             "--snapshot-every", "30ms", "--out", "unique.ndjson", "raw.ndjson"],
                            stderr=subprocess.DEVNULL)


def finish(database, feeder, pipe):
    """Everything arrives; the text of the rows is that of the records."""
    feeder.stopped = True
    feeder.join()
    total = sum(map(wanted, range(feeder.count)))
    wait_for(lambda: table_exists(database) and check(database, True) >= total,
             f"{total} rows do not arrive")
    pipe.writer.send_signal(signal.SIGTERM)
    pipe.wait()
    if check(database, True) != total or pipe.reader.returncode != 0:
        raise Wrong(f"at the end: {check(database, True)} rows of {total}")
    notes = json.loads(database.run(AGGREGATE[database.option]))
    if sorted(notes) != sorted([n, NOTES[n % len(NOTES)]] for n in range(feeder.count) if wanted(n)):
        raise Wrong("the rows' text is another")


AGGREGATE = {"--pg": "SELECT json_agg(json_build_array(n, note)) FROM t",
             "--sqlite": "SELECT json_group_array(json_array(n, note)) FROM t"}


def behind_a_stage(database):
    """Follows the output of evuniq --state, up to what it has committed."""
    feeder = Feeder("raw.ndjson", 0.2, 0.01)
    stage = start_stage()
    wait_for(lambda: os.path.exists("unique.ndjson.committed"), "the stage does not begin")
    feeder.start()
    pipe = Pipe(database, "unique.ndjson")
    try:
        for _ in range(kills_wanted):
            time.sleep(rng.uniform(0, 0.15))
            victim = rng.choice([stage, pipe.writer, pipe.reader])
            victim.kill()
            if victim is stage:
                stage.wait()
                stage = start_stage()
            else:
                pipe.wait()
                check(database, table_exists(database))
                pipe = Pipe(database, "unique.ndjson")
        finish(database, feeder, pipe)
    finally:
        feeder.stopped = True
        for process in (stage, pipe.writer, pipe.reader):
            process.kill()
            process.wait()


def a_rotated_log(database):
    """Follows a log that is rotated now and then, whether somebody reads it or not."""
    feeder = Feeder("log", 0, 0.01)
    feeder.start()
    pipe = Pipe(database, "log")
    rotated = 0

    def caught_up():
        return table_exists(database) and check(database, True) > rotated

    try:
        for _ in range(kills_wanted):
            time.sleep(rng.uniform(0, 0.15))
            if rng.random() < 0.3 and caught_up():  # one file at a time may be missed
                rotated = feeder.count
                feeder.rotate()
                time.sleep(rng.uniform(0, 0.1))
            rng.choice([pipe.writer, pipe.reader]).kill()
            pipe.wait()
            check(database, table_exists(database))
            if rng.random() < 0.2 and caught_up():
                rotated = feeder.count
                feeder.rotate()
            pipe = Pipe(database, "log")
        finish(database, feeder, pipe)
    finally:
        feeder.stopped = True
        for process in (pipe.writer, pipe.reader):
            process.kill()
            process.wait()


def run_case(case, database):
    folder = Path(f"{case.__name__}-{database.name}")
    folder.mkdir()
    os.chdir(folder)
    database.clear()
    try:
        case(database)
    except (Wrong, subprocess.SubprocessError) as problem:
        messages = Path("messages").read_text(errors="replace")[-500:] if Path("messages").exists() else ""
        print(f"evsql_position: {case.__name__}, {database.name}, seed {seed}: {problem}; {messages}")
        return False
    finally:
        os.chdir(scratch.name)
    return True


chosen = [{"sqlite": Sqlite, "postgres": Postgres}[name]() for name in databases]
fine = all([run_case(case, database) for case in (behind_a_stage, a_rotated_log)
            for database in chosen])
if fine:
    print(f"evsql_position: seed {seed}, {kills_wanted} kills behind a durable stage and as many on "
          f"a rotated log, into {' and '.join(databases)}")
sys.exit(0 if fine else 1)
