"""The first record of each key, by DuckDB on all cores.
duckdb_unique.py count group|distinct-on FILE          prints the number of keys, and a sum over these records
duckdb_unique.py check FILE                            the same over all records of evuniq's own output
duckdb_unique.py write objects|csv FILE TARGET         writes the records that evuniq writes"""
import sys

from duckdb_session import connect, lines, members, write_lines

RECORDS = {"key": "VARCHAR", "type": "TINYINT", "event_time_ns": "BIGINT"}
SUMS = "SELECT count(*), sum(hash(key, type, event_time_ns)::HUGEINT) FROM"


def count(plan, file):
    records = members(file, **RECORDS)
    query = {
        "group": f"""SELECT key, arg_min(type, event_time_ns) AS type, min(event_time_ns) AS event_time_ns
            FROM ({records}) GROUP BY key""",
        "distinct-on": f"SELECT DISTINCT ON (key) * FROM ({records}) ORDER BY key, event_time_ns",
    }[plan]
    print(*connect().execute(f"{SUMS} ({query})").fetchone())


def check(file):
    print(*connect().execute(f"{SUMS} ({members(file, **RECORDS)})").fetchone())


def write(reader, file, target):
    records = lines(reader, file, key="JSON", event_time_ns="BIGINT")
    write_lines(connect(), f"SELECT arg_min(line, event_time_ns) FROM ({records}) GROUP BY key", target)


{"count": count, "check": check, "write": write}[sys.argv[1]](*sys.argv[2:])
