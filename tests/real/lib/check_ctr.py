#!/usr/bin/env python3
"""check_ctr.py EVENTS LATE RESULTS REPORT WINDOW_SECONDS PLUS: the results of seeds 001 and 003 against a
calculation from what stands in the events topic; PLUS is added to the views in ctr = clicks/views.
EVENTS and RESULTS are what kcat -J printed of the two topics, LATE is what evwindow kept of what came
too late, which a busy machine may make it. Prints what is wrong."""
import json
import sys
from collections import defaultdict
from fractions import Fraction


def messages(path):
    with open(path) as lines:
        return [json.loads(line) for line in lines]


events, late, results, report, window, plus = sys.argv[1:]
window_ns, plus = int(window) * 10**9, int(plus)
expected = defaultdict(lambda: {"views": 0, "clicks": 0, "newest_ns": 0})
markers = defaultdict(int)
with open(late) as lines:
    too_late = {json.loads(line)["record"]["page_id"] for line in lines}
for message in messages(events):
    record = json.loads(message["payload"])
    if record.get("type") == "END":
        markers[message["partition"]] += 1
        continue
    if record["page_id"] in too_late:
        continue
    time = record["event_time_ns"]
    row = expected[time // window_ns, record["campaign_id"], record["window_id"]]
    row["views"] += record["event_type"] == "view"
    row["clicks"] += record["event_type"] == "click"
    row["newest_ns"] = max(row["newest_ns"], time)
print(*(f"{count} markers in partition {partition}" for partition, count in markers.items()
        if count != 3), sep="\n", end="")
if sorted(markers) != [0, 1, 2]:
    print("markers in partitions", sorted(markers))

found, latest = {}, {}
for message in messages(results):
    row = json.loads(message["payload"])
    key = (row["event_time_ns"] // window_ns, row["campaign_id"], row["window_id"])
    if key in found:
        print("twice:", row)
    found[key] = row
    newest = row.get("newest_ns") or row["newest_ms"] * 10**6
    latency = Fraction(message["ts"] * 10**6 - newest, 10**6)
    latest[row["window_id"]] = max(latency, latest.get(row["window_id"], latency))
    if message["tstype"] != "logappend" or latency < 0:
        print("not the broker's time:", message)
for key in set(expected) | set(found):
    row, right = found.get(key), expected.get(key)
    if not row or not right:
        print("only found" if row else "missing", key)
        continue
    ratio = right["views"] + plus and right["clicks"] / (right["views"] + plus)
    if row["views"] != right["views"] or row["clicks"] != right["clicks"] or \
            (row["ctr"] or 0) != ratio or \
            row.get("newest_ns", right["newest_ns"]) != right["newest_ns"] or \
            row.get("newest_ms", right["newest_ns"] // 10**6) != right["newest_ns"] // 10**6:
        print("wrong:", row, "not", right)

with open(report) as lines:
    heading, *rows = [line.strip().split(",") for line in lines]
if heading != ["window_id", "max_latency_ms"]:
    print("heading", heading)
written = {int(name): Fraction(latency) for name, latency in rows}
if not rows or set(written) != set(latest) or \
        any(abs(written[name] - latest[name]) > Fraction(1, 100) for name in written):
    print("report", {n: float(v) for n, v in written.items()}, "not",
          {n: float(v) for n, v in latest.items()})
