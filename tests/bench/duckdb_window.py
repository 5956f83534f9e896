"""duckdb_window.py tumbling|hopping SECONDS FILE TARGET: counts by campaign, by DuckDB on all cores, in the
records that evwindow writes, in any order: windows of SECONDS, or of SECONDS every second."""
import sys

from duckdb_session import connect, members, write_json

kind, seconds, file, target = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
EVENTS = members(file, campaign_id="BIGINT", event_time_ns="BIGINT")
TUMBLING = f"""SELECT (event_time_ns // {seconds}000000000 + 1) * {seconds} AS e, campaign_id, count(*) AS n
    FROM ({EVENTS}) GROUP BY ALL"""
# The best of three plans tried: counts per second first, then a window function over all seconds.
HOPPING = f"""WITH counts AS (SELECT event_time_ns // 1000000000 AS s, campaign_id, count(*) AS n
        FROM ({EVENTS}) GROUP BY ALL),
    grid AS (SELECT s, campaign_id FROM (SELECT unnest(range(
            (SELECT min(s) FROM counts), (SELECT max(s) + {seconds} FROM counts))) AS s)
        CROSS JOIN (SELECT DISTINCT campaign_id FROM counts))
    SELECT s + 1 AS e, campaign_id, total::BIGINT AS n FROM (SELECT s, campaign_id, sum(n) OVER (
            PARTITION BY campaign_id ORDER BY s
            ROWS BETWEEN {seconds - 1} PRECEDING AND CURRENT ROW) AS total
        FROM grid LEFT JOIN counts USING (s, campaign_id))
    WHERE total IS NOT NULL"""


def time_text(second):
    return f"strftime(make_timestamp(({second}) * 1000000), '%Y-%m-%dT%H:%M:%SZ')"


write_json(connect(), f"""SELECT {time_text(f'e - {seconds}')} AS window_start, {time_text('e')} AS window_end,
    campaign_id, n, e * 1000000000 - 1 AS event_time_ns
    FROM ({TUMBLING if kind == "tumbling" else HOPPING})""", target)
