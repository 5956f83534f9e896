"""The inner join of requests and acknowledgements within two minutes, by DuckDB on all cores.
duckdb_join.py count once|twice FILE         prints the number of pairs, and a sum over their keys
duckdb_join.py check FILE                    the same of evjoin's own output
duckdb_join.py write objects|csv|members FILE TARGET    writes the records that evjoin writes"""
import sys

from duckdb_session import connect, lines, members, write_json, write_lines

JOIN = """FROM {left} l JOIN {right} r ON l.key = r.key
    AND r.event_time_ns - l.event_time_ns BETWEEN -120000000000 AND 120000000000
    WHERE l.type = 2 AND r.type = 1"""
WANTED = {"key": "VARCHAR", "type": "TINYINT", "event_time_ns": "BIGINT"}
ALL = {"key": "VARCHAR", "type": "TINYINT", "timestamp": "BIGINT", "event_time_ns": "BIGINT", "headers": "JSON",
       "value": "JSON"}


def over(records, select, once=True):
    if once:
        return f"WITH e AS MATERIALIZED ({records}) {select} {JOIN.format(left='e', right='e')}"
    return f"{select} {JOIN.format(left=f'({records})', right=f'({records})')}"


def count(plan, file):
    records = members(file, **WANTED)
    query = over(records, "SELECT count(*), sum(hash(l.key)::HUGEINT)", plan == "once")
    print(*connect().execute(query).fetchone())


def check(file):
    print(*connect().execute(f"SELECT count(*), sum(hash(key)::HUGEINT) FROM ({members(file, key='VARCHAR')})")
          .fetchone())


def write(plan, file, target):
    if plan == "members":
        write_json(connect(), over(members(file, **ALL), """SELECT l.key AS key,
            greatest(l.event_time_ns, r.event_time_ns) AS event_time_ns, l AS "left", r AS "right" """), target)
        return
    # The key as JSON text: compared and written as it stands.
    records = lines(plan, file, **{**WANTED, "key": "JSON"})
    write_lines(connect(), over(records, """SELECT concat('{"key":', l.key,
        ',"event_time_ns":', greatest(l.event_time_ns, r.event_time_ns),
        ',"left":', l.line, ',"right":', r.line, '}')"""), target)


{"count": count, "check": check, "write": write}[sys.argv[1]](*sys.argv[2:])
