"""Each page view's last ad click of the same user within half an hour, by DuckDB on all cores: by a window over
all records, or by the ASOF JOIN made for this.
duckdb_attribution.py count window|asof FILE    prints the number of views, of those that have a click, and a
                                                sum over the pairs of ids
duckdb_attribution.py check FILE                the same of evattr's own answers
duckdb_attribution.py write window|asof FILE TARGET    writes the records that evattr writes; asof: without the
                                                number of touches, which takes a second join
Clicks of one user at one nanosecond have no order here: the answers differ if FILE has any that matter."""
import sys

from duckdb_session import connect, lines, members, write_lines

HALF_HOUR = 1800000000000
SUMS = "SELECT count(*), count(click_id), sum(hash(event_id, click_id)::HUGEINT) FROM"
MEMBERS = {"stream": "VARCHAR", "user_id": "VARCHAR", "event_id": "VARCHAR", "click_id": "VARCHAR",
           "event_time_ns": "BIGINT"}
WANTED = {"stream": "VARCHAR", "user_id": "VARCHAR", "event_time_ns": "BIGINT"}


def asof(records, view, click):
    return f"""WITH e AS MATERIALIZED ({records}) SELECT v.{view} AS {view},
            CASE WHEN v.event_time_ns - c.event_time_ns <= {HALF_HOUR} THEN c.{click} END AS {click}
        FROM (SELECT * FROM e WHERE stream = 'page_views') v
        ASOF LEFT JOIN (SELECT * FROM e WHERE stream = 'ad_clicks') c
            ON v.user_id = c.user_id AND v.event_time_ns >= c.event_time_ns"""


def window(records, view, click):
    return f"""SELECT {view}, CASE WHEN event_time_ns - last.event_time_ns <= {HALF_HOUR} THEN last.{click} END
            AS {click}
        FROM (SELECT {view}, stream, event_time_ns, last_value(CASE WHEN stream = 'ad_clicks'
                THEN {{'{click}': {click}, 'event_time_ns': event_time_ns}} END IGNORE NULLS)
            OVER (PARTITION BY user_id ORDER BY event_time_ns) AS last FROM ({records}))
        WHERE stream = 'page_views'"""


def window_with_touches(records):
    return f"""SELECT line, click, touches FROM (SELECT stream, line,
            last_value(CASE WHEN stream = 'ad_clicks' THEN line END IGNORE NULLS) OVER recent AS click,
            count(*) FILTER (WHERE stream = 'ad_clicks') OVER recent AS touches
        FROM ({records}) WINDOW recent AS (PARTITION BY user_id ORDER BY event_time_ns
            RANGE BETWEEN {HALF_HOUR} PRECEDING AND CURRENT ROW))
        WHERE stream = 'page_views'"""


def count(plan, file):
    query = {"asof": asof, "window": window}[plan](members(file, **MEMBERS), "event_id", "click_id")
    print(*connect().execute(f"{SUMS} ({query})").fetchone())


def check(file):
    print(*connect().execute(f"{SUMS} ({members(file, event_id='VARCHAR', click_id='VARCHAR')})").fetchone())


def write(plan, file, target):
    records = lines("objects", file, **WANTED)
    view = """concat(left(line, -1), ',"attributed":', coalesce(click, 'null')"""
    if plan == "window":
        query = f"SELECT {view}, ',\"touches\":', touches, '}}') FROM ({window_with_touches(records)})"
    else:
        records = f"SELECT *, line AS click FROM ({records})"
        query = f"SELECT {view}, '}}') FROM ({asof(records, 'line', 'click')})"
    write_lines(connect(), query, target)


{"count": count, "check": check, "write": write}[sys.argv[1]](*sys.argv[2:])
