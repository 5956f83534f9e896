"""evsql_live.py FOLDER ROUNDS: the work of tests/real/evsql_live. Prints ok and not ok lines."""
import json
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path

folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
LIMIT, PATIENCE = 0.250, 30


class Postgres:
    name, option, client = "PostgreSQL", "--pg", ["psql", "-qX"]

    def __init__(self):
        subprocess.run(["psql", "-qXc", "CREATE TABLE t (k bigint PRIMARY KEY)"], check=True)
        self.session = subprocess.Popen(["psql", "-qXAt"], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE)

    def count(self):
        self.session.stdin.write("SELECT count(*) FROM t;\n")
        self.session.stdin.flush()
        return int(self.session.stdout.readline())

    def close(self):
        self.session.stdin.close()
        self.session.wait()


class Sqlite:
    name, option, client = "SQLite", "--sqlite", ["sqlite3", str(folder / "t.db")]

    def __init__(self):
        self.connection = sqlite3.connect(folder / "t.db", timeout=10)
        self.connection.execute("CREATE TABLE t (k INTEGER PRIMARY KEY)")
        self.connection.commit()

    def count(self):
        return self.connection.execute("SELECT count(*) FROM t").fetchone()[0]

    def close(self):
        self.connection.close()


def wait_for(database, rows):
    """Seconds until there are that many rows."""
    begin = time.monotonic()
    while database.count() < rows and time.monotonic() - begin < PATIENCE:
        time.sleep(0.001)
    return time.monotonic() - begin


def check(database):
    writer = subprocess.Popen(["evsql", database.option, "--into", "t", "--primary-key", "k"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    client = subprocess.Popen(database.client, stdin=writer.stdout)
    writer.stdout.close()
    rows, delays = 0, []

    def send(count):
        nonlocal rows
        text = "".join(json.dumps({"k": rows + i}) + "\n" for i in range(count))
        rows += count
        writer.stdin.write(text.encode())
        writer.stdin.flush()
        return wait_for(database, rows)

    send(1)  # connects
    for _ in range(rounds):
        time.sleep(0.03)
        delays.append(send(1))
    full = min(send(5000) for _ in range(3))
    writer.stdin.close()
    statuses = writer.wait(), client.wait()
    median = statistics.median(delays)
    good = median <= LIMIT and full < 0.2 and statuses == (0, 0) and database.count() == rows
    print(f"{'ok' if good else 'not ok'} evsql into {database.name}: a lone record is there after "
          f"{median * 1000:.0f} ms, at most {max(delays) * 1000:.0f}; 5000 after {full * 1000:.0f}")
    if not good:
        print(f"    statuses {statuses}, {database.count()} of {rows} rows, {delays}")
    database.close()
    return good


sys.exit(0 if all([check(Sqlite()), check(Postgres())]) else 1)
