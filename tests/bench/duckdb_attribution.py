"""duckdb_attribution.py count|asof|check FILE: each page view's last ad click of the same user within half
an hour, by DuckDB on all cores: by a window over all records, or by the ASOF JOIN made for this. Prints the
number of views, of those that have a click, and a sum over the pairs of ids: of FILE or, check, of evattr's
own answers. Clicks of one user at one nanosecond have no order here: the sums differ if FILE has any that
matter."""
import sys

import duckdb

COLUMNS = """{stream: 'VARCHAR', user_id: 'VARCHAR', event_id: 'VARCHAR', click_id: 'VARCHAR',
    event_time_ns: 'BIGINT'}"""
RECORDS = f"SELECT * FROM read_json('{sys.argv[2]}', format='newline_delimited', columns={COLUMNS})"
SUMS = "SELECT count(*), count(click_id), sum(hash(event_id, click_id)::HUGEINT) FROM"
WINDOW = f"""{SUMS} (SELECT event_id, stream,
        CASE WHEN event_time_ns - last.event_time_ns <= 1800000000000 THEN last.click_id END AS click_id
    FROM (SELECT event_id, stream, event_time_ns, last_value(CASE WHEN click_id IS NOT NULL
            THEN {{'click_id': click_id, 'event_time_ns': event_time_ns}} END IGNORE NULLS)
            OVER (PARTITION BY user_id ORDER BY event_time_ns) AS last FROM ({RECORDS})))
    WHERE stream = 'page_views'"""
ANSWERS = f"""{SUMS} read_json('{sys.argv[2]}', format='newline_delimited',
    columns={{event_id: 'VARCHAR', click_id: 'VARCHAR'}})"""
ASOF = f"""{SUMS} (SELECT v.event_id,
        CASE WHEN v.event_time_ns - c.event_time_ns <= 1800000000000 THEN c.click_id END AS click_id
    FROM (SELECT * FROM records WHERE stream = 'page_views') v
    ASOF LEFT JOIN (SELECT * FROM records WHERE stream = 'ad_clicks') c
        ON v.user_id = c.user_id AND v.event_time_ns >= c.event_time_ns)"""
query = {"count": WINDOW, "asof": f"WITH records AS MATERIALIZED ({RECORDS}) {ASOF}", "check": ANSWERS}[sys.argv[1]]
connection = duckdb.connect()
connection.execute("SET preserve_insertion_order = false")
# DuckDB takes a file of unknown length for a short one, and an ASOF JOIN of few rows for a loop over them.
connection.execute("SET asof_loop_join_threshold = 0")
print(*connection.execute(query).fetchone())
