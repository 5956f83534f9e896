"""duckdb_join.py count|check FILE...: the inner join of requests and acknowledgements within two
minutes, by DuckDB on all cores. count: number of pairs, and a sum over their keys, of FILE; with the
plan named by PLAN. check: the same of evjoin's own output."""
import os
import sys

import duckdb

COLUMNS = "{key: 'VARCHAR', type: 'TINYINT', event_time_ns: 'BIGINT'}"
RECORDS = f"SELECT * FROM read_json('{sys.argv[2]}', format='newline_delimited', columns={COLUMNS})"
PAIRS = """SELECT count(*), sum(hash(l.key)::HUGEINT)
    FROM {left} l JOIN {right} r ON l.key = r.key
    AND r.event_time_ns - l.event_time_ns BETWEEN -120000000000 AND 120000000000
    WHERE l.type = 2 AND r.type = 1"""
PLANS = {
    "once": "WITH e AS MATERIALIZED (" + RECORDS + ") " + PAIRS.format(left="e", right="e"),
    "twice": PAIRS.format(left=f"({RECORDS})", right=f"({RECORDS})"),
}
OUTPUT = f"""SELECT count(*), sum(hash(key)::HUGEINT)
    FROM read_json('{sys.argv[2]}', format='newline_delimited', columns={{key: 'VARCHAR'}})"""
query = OUTPUT if sys.argv[1] == "check" else PLANS[os.environ.get("PLAN", "once")]
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
print(*connection.execute(query).fetchone())
