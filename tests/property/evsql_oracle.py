#!/usr/bin/env python3
"""evsql into a real sqlite3, and into a real PostgreSQL where one is installed, against a table in
Python: random records of every type, hostile texts, values that the database would refuse, several
records of a key, retracts, replays. SEED and ROUNDS as in tests/README."""
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

top = Path(__file__).resolve().parents[2]
evsql = (top / os.environ.get("BIN", "bin")).resolve() / "evsql"
seed = int(os.environ.get("SEED", 20240501))
rounds = int(os.environ.get("ROUNDS", 25))
TEXTS = ["", "a", "it's", '"', "\\", "\\\\n", "\\.", "\\N", "\n", "\r\n", "\t", ".shell echo no", "\n.quit\n",
         "\\! echo no", "'; DROP TABLE t; --", "$$", "é😀\u2028\uffff", "\u0001\u001f\u007f", "null",
         "1e3", "x'00'", "--", "/*", ";\n", ":name", "?1", "%s", "y" * 100_000, "\u0000", "a\u0000b"]
NUMBERS = ["0", "-0", "1", "1.0", "1e0", "-7", "1.50", "0.1", "1e3", "123456789012345.67", "1e-7",
           "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
           "18446744073709551615", "12345678901234567890.123456789", "0.30000000000000004", "1e20",
           "1e300", "1e400", "-1e400", "1e-400", "4.9e-324", "1e131072", "1e-16384", "32767", "32768",
           "2147483647", "2147483648", "0." + "3" * 60, "100000000000000000000000000000000000000000.5",
           "1" + "0" * 50, "1.5000000000000000000000000000000000000000000"]
TIMES = ['"2024-05-01T12:00:00Z"', '"2024-05-01T12:00:00.123456789+02:00"', '"1969-12-31T23:59:59.999999999Z"',
         "1714521600123456789", "-1", '"1714521600000000000"', '"2024-02-30T00:00:00Z"', '"yesterday"', "1.5",
         '"2024-05-01T12:00:00"', "true", '"2262-04-11T23:47:16.854775806Z"']
DAYS = ['"2024-05-01"', '"2024-02-30"', '"2024-05-01T23:30:00-02:00"', '"x"', "5", '"1969-12-31"']
JSONS = ["{}", "[]", '{"a":[1,2.50,{"b":null}],"c":"\\u00e9\'\\""}', "3", '"text"', '"\\u0000"', '"\\\\u0000"',
         "[1e131072]", '{"k":"\\\\"}', "true"]
UUIDS = ['"6F9619FF-8B86-D011-B42D-00CF4FC964FF"', '"6f9619ff-8b86-d011-b42d-00cf4fc964ff"', '"6f9619ff"', "5",
         '"gf9619ff-8b86-d011-b42d-00cf4fc964ff"']
COLUMNS = [("k", "text"), ("w", "timestamptz"), ("small", "smallint"), ("whole", "integer"), ("big", "bigint"),
           ("exact", "numeric"), ("real", "double"), ("flag", "boolean"), ("day", "date"), ("id", "uuid"),
           ("doc", "jsonb"), ("note", "text"), ("rev", "numeric")]
MOST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Refused(Exception):
    pass


def need(condition):
    if not condition:
        raise Refused


def number_of(text):
    value = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    if isinstance(value, str):
        value = json.loads(value, parse_int=Decimal, parse_float=Decimal) if value[:1] in "-0123456789" else None
    need(isinstance(value, Decimal))
    return value


def fits_numeric(value):
    if isinstance(value, dict):
        return all(map(fits_numeric, value.values()))
    if isinstance(value, list):
        return all(map(fits_numeric, value))
    return not isinstance(value, Decimal) or \
        (value.adjusted() < 131072 and -value.as_tuple().exponent <= 16383)


def time_of(text):
    """ns since 1970; RFC 3339 or a number of ns."""
    value = json.loads(text, parse_float=Decimal)
    if isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        need(value == int(value) and abs(value) < 2**63)
        return int(value)
    need(isinstance(value, str) and len(value) > 19 and value[10] == "T")
    base, rest = value[:19], value[19:]
    digits = ""
    if rest.startswith("."):
        digits = rest[1:1 + len(rest[1:]) - len(rest[1:].lstrip("0123456789"))]
        rest = rest[1 + len(digits):]
    need(rest)
    try:
        moment = datetime.fromisoformat(base + rest.replace("Z", "+00:00"))
    except ValueError:
        raise Refused from None
    return (moment - EPOCH) // timedelta(seconds=1) * 10**9 + int((digits + "0" * 9)[:9])


def day_of(text):
    value = json.loads(text)
    need(isinstance(value, str))
    if len(value) != 10:
        return (EPOCH + timedelta(seconds=time_of(text) // 10**9)).strftime("%Y-%m-%d")
    try:
        return datetime.strptime(value, "%Y-%m-%d").strftime("%Y-%m-%d")
    except ValueError:
        raise Refused from None


def text_of(text):
    value = json.loads(text)
    value = value if isinstance(value, str) else text
    need("\0" not in value)
    return value


def double_of(text):
    exact = number_of(text)
    value = float(exact)
    need(abs(value) != float("inf") and (value != 0 or exact == 0))
    return value


def uuid_of(text):
    value = json.loads(text)
    need(isinstance(value, str) and len(value) == 36 and set(value) <= set("0123456789abcdefABCDEF-"))
    return value.lower()


def convert(kind, text, postgres):
    """The stored value, comparable with what read() of the database gives."""
    if text is None or text == "null":
        return None
    if kind in MOST:
        value = number_of(text)
        need(abs(value) < 2**64 and value == int(value) and -MOST[kind] - 1 <= value <= MOST[kind])
        return int(value)
    if kind == "numeric":
        value = number_of(text)
        need(not postgres or fits_numeric(value))
        return value
    if kind == "boolean":
        need(text in ("true", "false"))
        return text == "true"
    if kind == "timestamptz":
        return time_of(text) // 1000 * 1000 if postgres else time_of(text)
    if kind == "jsonb":
        value = json.loads(text, parse_int=Decimal, parse_float=Decimal)
        need(not postgres or (fits_numeric(value) and "\0" not in json.dumps(value, default=str, ensure_ascii=False)
                              and value != "\0"))
        return value
    return {"text": text_of, "double": double_of, "date": day_of, "uuid": uuid_of}[kind](text)


def make_record(rng, keys, revisions, calm):
    """Calm: nothing is refused, and the keys are few, so that guards have much to decide."""
    def pick(choices, likely):
        return rng.choice(choices[:likely] if calm or rng.random() < 0.85 else choices)
    key = rng.choice(keys)
    revisions[key] = revisions.get(key, 0) + 1
    record = {"k": json.dumps(key, ensure_ascii=rng.random() < 0.5), "w": pick(TIMES, 2 if calm else 6),
              "small": pick(NUMBERS, 6), "whole": pick(NUMBERS, 6), "big": pick(NUMBERS, 6),
              "exact": pick(NUMBERS, 14), "real": pick(NUMBERS, 15), "flag": rng.choice(["true", "false", "null"]),
              "day": pick(DAYS, 1), "id": pick(UUIDS, 2), "doc": pick(JSONS, 5),
              "note": rng.choice([json.dumps(rng.choice(TEXTS[:-2])), "5.50", "true", '{"a": 1}']),
              "rev": rng.choice([str(revisions[key]), str(revisions[key]), f"{revisions[key]}.0",
                                 str(rng.randint(1, 5))])}
    if calm:
        record["rev"] = str(rng.randint(1, 4))
    for name in [] if calm else list(record):
        if rng.random() < 0.03:
            del record[name]
        elif rng.random() < 0.02:
            record[name] = "null"
    if rng.random() < (0.3 if calm else 0.1):
        record["retract"] = "true"
    return record


def line_of(record):
    return "{" + ",".join(f'"{name}":{text}' for name, text in record.items()) + "}\n"


def rows_of(records, postgres, guard):
    """(key, rank, retract, row) of the records that are not refused, and how many are."""
    rows, refused = [], 0
    for record in records:
        retract = record.get("retract") == "true"
        row = {}
        try:
            for name, kind in COLUMNS:
                if not retract or name in ("k", "w") or (guard and name == "rev"):
                    row[name] = convert(kind, record.get(name), postgres)
            need(row["k"] is not None and row["w"] is not None and (not guard or row["rev"] is not None))
            need(not postgres or len(row["k"].encode()) < 2500)
        except Refused:
            refused += 1
            continue
        rows.append(((row["k"], row["w"]), row["rev"] if guard else 0, retract, row))
    return rows, refused


def apply(table, rows, batch, guard):
    for at in range(0, len(rows), batch):
        last = {}
        for key, rank, retract, row in rows[at:at + batch]:
            if key not in last or rank >= last[key][0]:
                last[key] = rank, retract, row
        for key, (rank, retract, row) in last.items():
            stored = table.get(key)
            older = stored is None or not guard or stored["rev"] is None
            if retract and stored is not None and (older or stored["rev"] <= rank):
                del table[key]
            elif not retract and (older or rank > stored["rev"]):
                table[key] = row


def read_sqlite(folder):
    with sqlite3.connect(folder / "t.db") as connection:
        names = ",".join(f'"{name}"' for name, _ in COLUMNS)
        found = connection.execute(f"SELECT {names} FROM t").fetchall()
    connection.close()
    table = {}
    for values in found:
        row = {}
        for (name, kind), value in zip(COLUMNS, values):
            if value is not None and kind == "numeric":
                value = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
            elif value is not None and kind == "timestamptz":
                value = time_of(json.dumps(value))
            elif value is not None and kind == "jsonb":
                value = json.loads(value, parse_int=Decimal, parse_float=Decimal)
            elif value is not None and kind == "boolean":
                value = bool(value)
            row[name] = value
        table[row["k"], row["w"]] = row
    return table


def read_postgres():
    names = ",".join({"timestamptz": """to_char("%s" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""}
                     .get(kind, '"%s"') % name for name, kind in COLUMNS)
    found = subprocess.run(["psql", "-qXAtc", f"SELECT json_build_array({names}) FROM t"], check=True,
                           capture_output=True, text=True).stdout
    table = {}
    for line in found.split("\n"):
        if not line:
            continue
        row = {}
        for (name, kind), value in zip(COLUMNS, json.loads(line, parse_int=Decimal, parse_float=Decimal)):
            if value is not None and kind == "timestamptz":
                value = time_of(json.dumps(value))
            elif value is not None and kind == "double":
                value = float(value)
            row[name] = value
        table[row["k"], row["w"]] = row
    return table


def run(arguments, client, data):
    writer = subprocess.run([evsql, *arguments], input=data, capture_output=True)
    reader = subprocess.run(client, input=writer.stdout, capture_output=True)
    return writer, reader


def check(number, postgres, folder):
    rng = random.Random(seed * 1000 + number)
    revisions, table = {}, {}
    calm = rng.random() < 0.5
    keys = ["a", "b"] if calm else [text for text in rng.sample(TEXTS, 6) if len(text) < 1000] + ["plain", "z" * 3000]
    guard = rng.random() < 0.7
    batch = rng.choice([1, 2, 7, 5000])
    select = ",".join(f"{name}:{kind}=.{name}" + (":ns" if kind == "timestamptz" else "") for name, kind in COLUMNS)
    arguments = ["--pg" if postgres else "--sqlite", "--into", "t", "--primary-key", "k,w", "--create", "--select",
                 select, "--batch", str(batch), "--every", "1h", *([] if guard else ["--guard", "none"])]
    client = ["psql", "-qX"] if postgres else ["sqlite3", folder / "t.db"]
    history = []
    for stretch in range(3):
        fresh = [make_record(rng, keys, revisions, calm) for _ in range(rng.choice([1, 20, 120]))]
        records = (history[rng.randrange(len(history)):] if history else []) + fresh
        history += fresh
        rows, refused = rows_of(records, postgres, guard)
        writer, reader = run(arguments, client, "".join(map(line_of, records)).encode())
        apply(table, rows, batch, guard)
        found = read_postgres() if postgres else read_sqlite(folder)
        told = writer.stderr.decode().count("(skipped)")
        problems = []
        if writer.returncode != (1 if refused else 0) or reader.returncode or reader.stderr or reader.stdout:
            problems.append((writer.returncode, reader, writer.stderr[-500:]))
        if found != table:
            wrong = [key for key in found.keys() | table.keys() if found.get(key) != table.get(key)]
            problems += [(str(key)[:80], [(name, str(found.get(key, {}).get(name))[:90],
                                          str(table.get(key, {}).get(name))[:90]) for name, _ in COLUMNS
                                         if found.get(key, {}).get(name) != table.get(key, {}).get(name)])
                         for key in wrong[:3]]
        if told > refused:
            problems.append(f"{told} refused, not {refused}")
        if problems:
            sys.exit(f"round {number}, stretch {stretch}, batch {batch}, guard {guard}, "
                     f"{'PostgreSQL' if postgres else 'SQLite'}: {problems}")


def has_postgres():
    return shutil.which("psql") and (shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def main():
    if "PGHOST" not in os.environ and has_postgres():
        inside = '. "$0" && postgres_start fsync=off && python3 "$1"'
        sys.exit(subprocess.run(["bash", "-c", inside, top / "tests/real/lib/postgres.sh", __file__]).returncode)
    for number in range(rounds):
        for postgres in [False] + [True] * ("PGHOST" in os.environ):
            with tempfile.TemporaryDirectory() as name:
                if postgres:
                    subprocess.run(["psql", "-qXc", "SET client_min_messages = warning", "-c",
                                    "DROP TABLE IF EXISTS t"], check=True)
                check(number, postgres, Path(name))
    print(f"{rounds} rounds, seed {seed}, SQLite{' and PostgreSQL' if 'PGHOST' in os.environ else ' only'}")


main()
