"""evsql_kill.py FOLDER KILLS SEED: the work of tests/real/evsql_kill_guard; PostgreSQL's server is named
by the environment. Prints ok and not ok lines."""
import json
import random
import subprocess
import sys
import time
from pathlib import Path

folder, kills, seed = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
RECORDS, KEYS, BATCH = 4000, 300, 20
NOTES = ["plain", "it's", 'a"b\\n\\', "line\nfeed", "\\.", "\n.shell echo", "é😀", "x" * 5000, "", None]
SELECT = "k:text=.k,n:bigint=.n,note:text=.note,rev:bigint=.rev"
COLUMNS = ["k", "n", "note", "rev"]


def make_stream():
    """Revisions grow per key; now and then a key is taken back, and lives on with the next one."""
    revisions, records = {}, []
    for number in range(RECORDS):
        key = f"key '{rng.randrange(KEYS)}\""
        revisions[key] = rev = revisions.get(key, 0) + 1
        record = {"k": key, "n": number, "note": rng.choice(NOTES), "rev": rev}
        if rng.random() < 0.03:
            record = {"k": key, "rev": rev, "retract": True}
        records.append(record)
    return records


def apply(table, batch):
    """What one transaction does, by the words of the page."""
    last = {}
    for record in batch:
        if record["k"] not in last or record["rev"] >= last[record["k"]]["rev"]:
            last[record["k"]] = record
    for key, record in last.items():
        stored = table.get(key)
        if record.get("retract"):
            if stored is not None and stored[2] <= record["rev"]:
                del table[key]
        elif stored is None or record["rev"] > stored[2]:
            table[key] = (record["n"], record["note"], record["rev"])


class Postgres:
    name, option, process = "PostgreSQL", "--pg", "psql"
    client = ["psql", "-qX"]

    def rows(self):
        query = "SELECT json_build_array(k, n, note, rev) FROM t"
        return subprocess.run(["psql", "-qXAtc", query], check=True, capture_output=True,
                              text=True).stdout

    def clear(self):
        subprocess.run(["psql", "-qXc", "SET client_min_messages = warning",
                        "-c", "DROP TABLE IF EXISTS t",
                        "-c", "CREATE TABLE t (k text PRIMARY KEY, n bigint, note text, rev bigint)"],
                       check=True)


class Sqlite:
    name, option, process = "SQLite", "--sqlite", "sqlite3"
    # Processes are killed, not the machine.
    client = ["sqlite3", "-cmd", "PRAGMA synchronous = OFF", str(folder / "t.db")]

    def rows(self):
        query = "SELECT json_array(k, n, note, rev) FROM t"
        return subprocess.run([*self.client, query], check=True, capture_output=True,
                              text=True).stdout

    def clear(self):
        for file in folder.glob("t.db*"):
            file.unlink()
        subprocess.run([*self.client,
                        "CREATE TABLE t (k TEXT PRIMARY KEY, n INTEGER, note TEXT, rev INTEGER)"],
                       check=True)


def read(database):
    rows = [json.loads(line) for line in database.rows().split("\n") if line]
    return {key: (n, note, rev) for key, n, note, rev in rows}


def start(database):
    writer = subprocess.Popen(["evsql", database.option, "--into", "t", "--primary-key", "k",
                               "--select", SELECT, "--batch", str(BATCH), "--every", "1h",
                               folder / "stream.ndjson"], stdout=subprocess.PIPE)
    client = subprocess.Popen(database.client, stdin=writer.stdout, stderr=subprocess.DEVNULL)
    writer.stdout.close()
    return writer, client


def find_prefix(before, batches, after):
    """How many transactions lead from one table to the other; None: no whole number of them does."""
    table = dict(before)
    for number, batch in enumerate(batches):
        if table == after:
            return number
        apply(table, batch)
    return len(batches) if table == after else None


def check(database, batches):
    database.clear()
    begin = time.monotonic()
    writer, client = start(database)
    statuses = writer.wait(), client.wait()
    duration = time.monotonic() - begin
    expected = {}
    for batch in batches:
        apply(expected, batch)
    unbroken = read(database)
    problems = [] if unbroken == expected and statuses == (0, 0) else [f"unbroken: {statuses}"]
    database.clear()
    before, within = {}, 0
    for number in range(kills):
        writer, client = start(database)
        time.sleep(rng.uniform(0, duration * 1.1))
        victim = client if rng.random() < 0.25 else writer
        running = victim.poll() is None
        within += running
        duration *= 1.03 if running else 0.9  # the machine's load changes
        victim.kill()
        writer.wait()
        client.wait()
        after = read(database)
        prefix = find_prefix(before, batches, after)
        if prefix is None:
            problems.append(f"kill {number} of the {'client' if victim is client else 'writer'}: "
                            f"{len(after)} rows are no whole transactions after {len(before)}")
        before = after
        if prefix == len(batches) or rng.random() < 0.3:
            database.clear()
            before = {}
    writer, client = start(database)
    statuses = writer.wait(), client.wait()
    if read(database) != unbroken or statuses != (0, 0):
        problems.append(f"the last run: {statuses}, {len(read(database))} rows")
    if within < kills / 4:
        problems.append(f"only {within} of {kills} kills met a running process")
    print(f"{'not ok' if problems else 'ok'} evsql into {database.name}, killed {kills} times, "
          f"{within} of them while it wrote")
    for problem in problems[:10]:
        print("    " + problem)
    return not problems


records = make_stream()
(folder / "stream.ndjson").write_text("".join(json.dumps(record) + "\n" for record in records))
batches = [records[at:at + BATCH] for at in range(0, RECORDS, BATCH)]
results = [check(database, batches) for database in (Sqlite(), Postgres())]
sys.exit(0 if all(results) else 1)
