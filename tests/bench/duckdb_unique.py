"""duckdb_unique.py group|distinct-on|rows FILE: the first record of each key, by DuckDB on all cores.
Prints the number of keys and a sum over these records; rows: over all records of FILE."""
import sys

import duckdb

COLUMNS = "{key: 'VARCHAR', type: 'TINYINT', event_time_ns: 'BIGINT'}"
RECORDS = f"SELECT * FROM read_json('{sys.argv[2]}', format='newline_delimited', columns={COLUMNS})"
PLANS = {
    "group": f"""SELECT key, arg_min(type, event_time_ns) AS type, min(event_time_ns) AS event_time_ns
        FROM ({RECORDS}) GROUP BY key""",
    "distinct-on": f"SELECT DISTINCT ON (key) * FROM ({RECORDS}) ORDER BY key, event_time_ns",
    "rows": RECORDS,
}
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
print(*connection.execute(f"""SELECT count(*), sum(hash(key, type, event_time_ns)::HUGEINT)
    FROM ({PLANS[sys.argv[1]]})""").fetchone())
