"""duckdb_window.py tumbling|hopping SECONDS FILE: counts by campaign, by DuckDB on all cores, as CSV in
the order of evwindow's results: windows of SECONDS, or of an hour every second."""
import sys

import duckdb

kind, seconds, file = sys.argv[1], int(sys.argv[2]), sys.argv[3]
COLUMNS = "{campaign_id: 'BIGINT', event_time_ns: 'BIGINT'}"
EVENTS = f"SELECT * FROM read_json('{file}', format='newline_delimited', columns={COLUMNS})"
TUMBLING = f"""SELECT (event_time_ns // {seconds}000000000 + 1) * {seconds} AS e, campaign_id, count(*)
    FROM ({EVENTS}) GROUP BY ALL ORDER BY ALL"""
# The best of three plans tried: counts per second first, then a window function over all seconds.
HOPPING = f"""WITH counts AS (SELECT event_time_ns // 1000000000 AS s, campaign_id, count(*) AS n
        FROM ({EVENTS}) GROUP BY ALL),
    grid AS (SELECT s, campaign_id FROM (SELECT unnest(range(
            (SELECT min(s) FROM counts), (SELECT max(s) + {seconds} FROM counts))) AS s)
        CROSS JOIN (SELECT DISTINCT campaign_id FROM counts))
    SELECT s + 1 AS e, campaign_id, total::BIGINT FROM (SELECT s, campaign_id, sum(n) OVER (
            PARTITION BY campaign_id ORDER BY s
            ROWS BETWEEN {seconds - 1} PRECEDING AND CURRENT ROW) AS total
        FROM grid LEFT JOIN counts USING (s, campaign_id))
    WHERE total IS NOT NULL ORDER BY ALL"""
connection = duckdb.connect()
for row in connection.execute(TUMBLING if kind == "tumbling" else HOPPING).fetchall():
    print(*row, sep=",")
