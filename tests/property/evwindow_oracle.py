#!/usr/bin/env python3
"""evwindow against a slow, obvious oracle: every record is put into all of its windows, aggregates
are calculated from the records when a window is written. Random streams with disorder, lateness,
several watermarks; every kind of window; final results, updates, corrections, sessions.
SEED and ROUNDS in the environment; prints one line."""
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
from datetime import datetime, timezone
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

SEED = int(os.environ.get("SEED", random.randrange(1 << 32)))
ROUNDS = int(os.environ.get("ROUNDS", 150))
EVWINDOW = os.environ.get("BIN", "bin") + "/evwindow"
END = 1 << 63
BASE = 1_700_000_000 * 10**9
MINUTE = 60 * 10**9
DAY = 24 * 60 * MINUTE
AGGREGATES = ("n=count,c=count(.v > 3),s=sum(.v),s2=sum(.v; .w == 1),a=avg(.v),lo=min(.v),hi=max(.v),"
              "f=first(.v),l=last(.id),d=distinct(.k2),ad=approx_distinct(.k2),sd=stddev(.v),"
              "q=quantile(.v; 0.5),t=top(.v; 3),all=collect(.id),r=c/n,half=r+d,z=n/c,by=g")


def duration(ns):
    return "0" if ns == 0 else f"{ns}ns"


# Exact values: integers and decimals compare as fractions.
def number(value):
    return Fraction(Decimal(value) if isinstance(value, (str, Decimal)) else value)


def canonical(value):
    """A value's identity and its place in jq's order."""
    if value is None:
        return (1,)
    if isinstance(value, bool):
        return (3 if value else 2,)
    if isinstance(value, (int, Decimal)):
        return (4, number(value))
    if isinstance(value, str):
        return (5, value)
    return (6, tuple(canonical(item) for item in value))


def quotient(a, b):
    return None if b == 0 else Fraction(a) / Fraction(b)


def aggregate(records, group):
    """`records` in the order of their arrival."""
    ordered = sorted(records, key=lambda record: record["t"])
    values = [record["v"] for record in records if record.get("v") is not None]
    numbers = [number(value) for value in values]
    timed = [record["v"] for record in ordered if record.get("v") is not None]
    kinds = {canonical(record["k2"]) for record in records if record.get("k2") is not None}
    result = {"n": len(records), "c": sum(value > 3 for value in numbers),
              "s": sum(numbers) if numbers else None}
    # null > 3 is false, as jq orders it
    chosen = [number(r["v"]) for r in records if r.get("v") is not None and r.get("w") == 1]
    result["s2"] = sum(chosen) if chosen else None
    result["a"] = quotient(sum(numbers), len(numbers)) if numbers else None
    result["lo"] = min(numbers) if numbers else None
    result["hi"] = max(numbers) if numbers else None
    result["f"] = timed[0] if timed else None
    result["l"] = ordered[-1]["id"]
    result["d"] = result["ad"] = len(kinds)
    result["sd"] = None
    if len(numbers) > 1:
        mean = sum(numbers) / len(numbers)
        squares = sum((x - mean) ** 2 for x in numbers)
        result["sd"] = (math.sqrt(squares / (len(numbers) - 1)),
                        float(sum(abs(x) for x in numbers)) + 100)
    result["q"] = sorted(numbers)[max(1, math.ceil(Fraction(1, 2) * len(numbers))) - 1] \
        if numbers else None
    result["t"] = sorted(numbers, reverse=True)[:3]
    result["all"] = [record["id"] for record in ordered]
    result["r"] = quotient(result["c"], result["n"])
    result["half"] = result["r"] + result["d"]
    result["z"] = quotient(result["n"], result["c"])
    result["by"] = group
    return result


def same(name, expected, actual):
    if name == "sd" and expected is not None:  # doubles: as far as the numbers' size allows
        return actual is not None and abs(float(actual) - expected[0]) <= 1e-14 * expected[1]
    if name == "q" and expected is not None:
        return abs(number(actual) - expected) <= abs(expected) / 256
    if isinstance(expected, list):
        return len(expected) == len(actual) and all(same("", a, b)
                                                    for a, b in zip(expected, actual))
    if isinstance(expected, bool) or expected is None or isinstance(expected, str):
        return actual == expected and type(actual) is type(expected)
    if isinstance(actual, (str, list)) or actual is None:
        return False
    if name in ("a", "r", "half", "z", "sd"):
        return math.isclose(float(actual), float(expected), rel_tol=1e-11, abs_tol=1e-12)
    return number(actual) == number(expected)


class Watermark:
    def __init__(self, delay, awaited):
        self.delay, self.awaited = delay, awaited
        self.maxima, self.current = {}, None

    def observe(self, stream, time):
        self.maxima[stream] = max(time, self.maxima.get(stream, time))
        if all(name in self.maxima for name in self.awaited):
            now = min(self.maxima.values()) - self.delay
            self.current = now if self.current is None else max(self.current, now)
        return self.current


# Zones, the grain of their offsets from 1970 on (0: they never changed), and moments of change.
ZONES = {"UTC": (0, []), "Asia/Kolkata": (0, []),
         "Europe/Berlin": (60, ["2024-03-31T01:00", "2024-10-27T01:00"]),
         "America/New_York": (60, ["2024-03-10T07:00", "2024-11-03T06:00"]),
         "Australia/Lord_Howe": (30, ["2024-04-06T15:00", "2024-10-05T15:30"]),
         "America/Sao_Paulo": (60, ["2018-02-18T02:00", "2018-11-04T03:00"]),  # at midnight
         "Pacific/Apia": (60, ["2011-12-30T10:00"])}  # a day left out


class Clock:
    """What a clock on the wall shows, as ns; it is looked at every quarter of an hour."""
    known = {}

    def __init__(self, zone):
        self.name, self.zone = zone, ZoneInfo(zone)

    def keeps(self, step):
        grain = ZONES[self.name][0] * MINUTE
        return grain == 0 or grain % step == 0

    def ahead(self, time):
        key = (self.name, time // (15 * MINUTE))
        if key not in self.known:
            at = datetime.fromtimestamp(time // (15 * MINUTE) * 900, self.zone)
            self.known[key] = int(at.utcoffset().total_seconds()) * 10**9
        return self.known[key]

    def reading(self, time):
        """The least that it shows from then on."""
        marks = range((time // (15 * MINUTE) + 1) * 15 * MINUTE, time + DAY, 15 * MINUTE)
        return min(t + self.ahead(t) for t in [time, *marks])

    def instant(self, reading):
        """The first moment with at least this reading: it is when the clock shows it, or is set."""
        first = (reading // (15 * MINUTE) - 4 * 16) * 15 * MINUTE
        marks = list(range(first, reading + 15 * 60 * MINUTE, 15 * MINUTE))
        shown = {reading - self.ahead(mark) for mark in marks}
        return next(t for t in sorted(shown | set(self.set_at(marks)))
                    if self.reading(t) >= reading)

    def set_at(self, marks):
        return [b for a, b in zip(marks, marks[1:]) if self.ahead(a) != self.ahead(b)]


class Fixed:
    """Windows by their bounds: tumbling, hopping, growing; by the clock of a time zone."""
    def __init__(self, kind, size, slide, offset, lateness, zone=None):
        self.kind, self.size, self.slide, self.offset = kind, size, slide, offset
        self.lateness, self.clock = lateness, Clock(zone) if zone else None
        if self.clock and size < DAY and self.clock.keeps(size if kind == "cumulate" else slide):
            self.offset -= self.clock.ahead(0)
            self.clock = None

    def instant(self, reading):
        return self.clock.instant(reading) if self.clock else reading

    def windows(self, time):
        unit = self.clock.reading(time) if self.clock else time
        if self.kind == "cumulate":
            start = (unit - self.offset) // self.size * self.size + self.offset
            ends = range(start + self.slide, start + self.size + 1, self.slide)
            found = [(start, end) for end in ends if end > unit]
        else:
            start = (unit - self.offset) // self.slide * self.slide + self.offset
            found = []
            while start + self.size > unit:
                found.insert(0, (start, start + self.size))
                start -= self.slide
        return list(dict.fromkeys((self.instant(s), self.instant(e)) for s, e in found))


class Oracle:
    def __init__(self, case):
        self.case = case
        self.rows, self.late, self.partly, self.needed = [], 0, 0, 0
        self.kept = {}      # (end, start, key) -> records
        self.revisions = {}  # the same -> [number, records written]
        self.revised = case["update"] or case["lateness"] > 0
        self.final_after = case["lateness"]

    def write(self, where, records, final, retract=False):
        end, start, key = where
        row = {"start": start, "end": end, "group": key,
               "values": aggregate(records, records[0]["g"]), "records": list(records)}
        if self.revised:
            state = self.revisions.setdefault(where, [0, 0])
            state[0] += 1
            state[1] = len(records)
            row.update(rev=state[0], final=final, retract=retract)
        self.rows.append(row)

    def run(self, arrivals):
        watermark = Watermark(self.case["delay"], self.case["awaited"])
        for record in arrivals:
            if record.get("final") is False:
                continue
            now = watermark.observe(record.get("s"), record["t"])
            if now is not None:
                self.advance(now)
            self.add(record, now)
        self.advance(END)


class FixedOracle(Oracle):
    def advance(self, now):
        due = []
        for where in self.kept:
            end = where[0]
            if self.final_after and end <= now and self.revisions.get(where, [0, 0])[1] < \
                    len(self.kept[where]):
                due.append((end, 1, where, False))
            if end + self.final_after <= now:
                due.append((end + self.final_after, 0, where, True))
        for _, _, where, final in sorted(due, key=lambda item: (item[0], item[1], item[2][:2],
                                                                canonical_key(item[2][2]))):
            self.write(where, self.kept[where], final)
            if final:
                del self.kept[where]
                self.revisions.pop(where, None)

    def add(self, record, now):
        windows = self.case["windows"].windows(record["t"])
        now = -END if now is None else now
        open_ones = [w for w in windows if w[1] + self.final_after > now]
        if not windows:
            return
        if len(open_ones) < len(windows):
            self.needed = max(self.needed, now - (windows[0][1] + self.final_after) + 1)
            if open_ones:
                self.partly += 1
            else:
                self.late += 1
        for start, end in open_ones:
            where = (end, start, record["key"])
            self.kept.setdefault(where, []).append(record)
            if self.case["update"] or (self.final_after and end <= now):
                self.write(where, self.kept[where], False)


class SessionOracle(Oracle):
    def __init__(self, case):
        super().__init__(case)
        self.sessions = []  # lists of records

    def bounds(self, session):
        times = [record["t"] for record in session]
        return min(times), max(times)

    def where(self, session):
        return (self.bounds(session)[1] + self.case["gap"], self.bounds(session)[0],
                session[0]["key"])

    def advance(self, now):
        due = []
        for session in self.sessions:
            end = self.where(session)[0]
            if self.final_after and end < now and self.written(session) < len(session):
                due.append((end, self.where(session), 0, session))
            if end + self.final_after < now:
                due.append((end + self.final_after, self.where(session), 1, session))
        for _, where, final, session in sorted(
                due, key=lambda item: (item[0], item[1][:2], canonical_key(item[1][2]), item[2])):
            self.write_session(session, bool(final))
            if final:
                self.sessions.remove(session)

    # A session is known by its key and start.
    def identity(self, session):
        return (self.bounds(session)[0], session[0]["key"])

    def written(self, session):
        return self.revisions.get(self.identity(session), [0, 0])[1]

    def write_session(self, session, final, retract=False):
        where = self.where(session)
        self.write(where, session, final, retract)
        if not self.revised:
            return
        state = self.revisions.setdefault(self.identity(session), [0, 0])
        state[0] += 1
        state[1] = len(session)
        self.rows[-1]["rev"] = state[0]
        if final or retract:
            del self.revisions[self.identity(session)]

    def retract(self, session):
        if self.written(session):
            self.write_session(session, False, True)

    def choose(self, record):
        """The session for a record, joined from two if it bridges them."""
        time, gap, longest = record["t"], self.case["gap"], self.case["longest"]
        own = [s for s in self.sessions if s[0]["key"] == record["key"]]
        for session in own:
            if self.bounds(session)[0] <= time <= self.bounds(session)[1]:
                return session
        before = max((s for s in own if self.bounds(s)[1] < time),
                     key=lambda s: self.bounds(s)[1], default=None)
        after = min((s for s in own if self.bounds(s)[0] > time),
                    key=lambda s: self.bounds(s)[0], default=None)
        if before and time - self.bounds(before)[1] > gap:
            before = None
        if after and self.bounds(after)[0] - time > gap:
            after = None
        if before and after and (not longest or
                                 self.bounds(after)[1] - self.bounds(before)[0] <= longest):
            self.retract(after)
            self.sessions.remove(after)
            before.extend(after)
            return before
        if before and (not longest or time - self.bounds(before)[0] <= longest):
            return before
        if after and (not longest or self.bounds(after)[1] - time <= longest):
            self.retract(after)
            return after
        return None

    def add(self, record, now):
        now = -END if now is None else now
        alone = record["t"] + self.case["gap"] + self.final_after
        session = self.choose(record)
        if session is None and alone < now:
            self.late += 1
            self.needed = max(self.needed, now - alone)
            return
        if session is None:
            session = []
            self.sessions.append(session)
        session.append(record)
        session.sort(key=lambda r: r["id"])  # arrival
        if self.case["update"] or (self.final_after and self.where(session)[0] < now):
            self.write_session(session, False)


def canonical_key(key):
    return key


def random_value(rng):
    return rng.choice([None, rng.randrange(10), rng.randrange(-5, 6), Decimal("0.1"),
                       Decimal("2.50"), 9007199254740993, 10**18 + rng.randrange(3), 3,
                       Decimal(rng.randrange(1000)) / 100])


def text(value):
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def random_records(rng, count, spread, disorder, streams, time):
    records = []
    for i in range(count):
        time += rng.choice([0, 1, rng.randrange(spread), rng.randrange(spread)])
        late = rng.choice([0, 0, 0, rng.randrange(disorder + 1)])
        record = {"id": i, "t": time - late, "v": random_value(rng), "w": rng.randrange(3),
                  "g": rng.choice([1, 2, "a", "b", None, "1"]),
                  "k2": rng.choice([None, 1, 2, "1", True, [1], rng.randrange(20)])}
        if streams:
            record["s"] = rng.choice(streams)
        if rng.random() < 0.03:
            record["final"] = rng.choice([True, False])
        record["key"] = canonical(record["g"])
        records.append(record)
    return records


def line(record):
    members = {"id": record["id"], "event_time_ns": record["t"], "v": record["v"],
               "w": record["w"], "g": record["g"], "k2": record["k2"]}
    for name in ("s", "final"):
        if name in record:
            members[name] = record[name]
    return "{" + ",".join(f'"{name}":{text(value)}' for name, value in members.items()) + "}\n"


# In minutes.
ZONED = {"hopping": [(1440, 1440), (1440, 1440), (10080, 10080), (1440, 360), (1440, 60),
                     (1440, 30), (2160, 720), (60, 60), (60, 60), (45, 45), (45, 45), (360, 360),
                     (360, 120), (60, 15), (100, 300)],
         "cumulate": [(1440, 60), (1440, 20), (1440, 20), (360, 30), (60, 15), (2880, 480)]}


def random_zone(rng, case):
    """Windows by a clock, near a change of it; returns how records are spread."""
    zone = rng.choice(list(ZONES) + ["America/New_York", "Australia/Lord_Howe"])
    kind = rng.choice(["hopping", "hopping", "cumulate"])
    size, slide = rng.choice(ZONED[kind])
    offset = rng.choice([0, 0, 0, slide // 4])
    case["windows"] = Fixed(kind, size * MINUTE, slide * MINUTE, offset * MINUTE, case["lateness"],
                            zone)
    case["arguments"] += ["-w" if kind == "hopping" else "--cumulate", f"{size}m/{slide}m",
                          "--tz", zone, "--offset", f"{offset}m"]
    spread = rng.choice([DAY, slide * MINUTE, 30 * MINUTE, 10 * MINUTE])
    if ZONES[zone][1]:
        change = datetime.fromisoformat(rng.choice(ZONES[zone][1])).replace(tzinfo=timezone.utc)
        case["base"] = int(change.timestamp()) * 10**9 - rng.randrange(20 * spread)
    case["delay"] = rng.choice([0, spread, 4 * spread])
    case["lateness"] = case["lateness"] and rng.choice([spread, DAY])
    return spread, rng.choice([0, 3 * spread, 10 * spread])


def random_case(rng):
    unit = rng.choice([10, 1000])
    case = {"gap": 0, "longest": 0, "lateness": 0, "update": False, "every": 0, "awaited": [],
            "base": BASE, "arguments": []}
    kind = rng.choice(["tumbling", "hopping", "hopping", "cumulate", "session", "session", "gaps",
                       "zone", "zone", "zone"])
    size = slide = unit
    if kind == "hopping":
        slide = rng.choice([1, 2, 3, 4, 7]) * unit // 10
        size = slide * rng.choice([2, 3, 5, 12]) if rng.random() < 0.6 else rng.randrange(slide + 1,
                                                                                   5 * unit)
    elif kind == "cumulate":
        size = unit * rng.randrange(1, 6)
    elif kind == "gaps":
        slide = unit + rng.randrange(1, unit)
    case["lateness"] = rng.choice([0, 0, unit, rng.randrange(1, 5 * unit)])
    case["update"] = rng.random() < 0.3
    case["delay"] = rng.choice([0, 0, unit // 2, rng.randrange(3 * unit)])
    spread, disorder = max(2, unit // rng.choice([1, 3, 10])), rng.choice([0, unit, 5 * unit])
    if kind == "session":
        case["gap"] = max(1, unit // rng.choice([1, 2, 5]))
        case["longest"] = rng.choice([0, 0, 2 * case["gap"], 5 * case["gap"]])
        case["arguments"] += ["--session", duration(case["gap"])]
        if case["longest"]:
            case["arguments"] += ["--max-session", duration(case["longest"])]
    elif kind == "zone":
        spread, disorder = random_zone(rng, case)
    else:
        period = size if kind == "cumulate" else slide
        offset = rng.choice([0, 0, rng.randrange(-period + 1, period)])
        name = "cumulate" if kind == "cumulate" else "hopping"
        case["windows"] = Fixed(name, size, slide, offset, case["lateness"])
        case["arguments"] += ["--cumulate" if name == "cumulate" else "-w",
                              f"{duration(size)}/{duration(slide)}", f"--offset={offset}ns"
                              if offset else "--offset=0"]
    streams = rng.choice([[], [], ["A", "B"], ["A", "B", "C"]])
    if streams:
        case["arguments"] += ["--stream", ".s"]
        if rng.random() < 0.5:
            case["awaited"] = streams[:2]
            case["arguments"] += ["--streams", ",".join(streams[:2])]
    case["arguments"] += ["-d", duration(case["delay"]), "--lateness", duration(case["lateness"])]
    case["arguments"] += ["--emit", "update"] if case["update"] else []
    case["records"] = random_records(rng, rng.choice([0, 1, 5, 40, 150]), spread, disorder,
                                     streams, case["base"])
    return case


def run(arguments, lines, rng, chunked, aggregates=AGGREGATES):
    command = [EVWINDOW, "-b", ".g", "-a", aggregates, "--time-format", "ns", "-v", *arguments]
    with tempfile.NamedTemporaryFile("w") as file:
        data = "".join(lines)
        if not chunked:
            file.write(data)
            file.flush()
            result = subprocess.run(command + [file.name], capture_output=True, text=True)
            return result.returncode, result.stdout, result.stderr
    process = subprocess.Popen(command + ["--max-future", "90000d"], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    at, data = 0, data.encode()
    while at < len(data):
        size = rng.choice([1, 7, 100, 5000])
        process.stdin.write(data[at:at + size])
        process.stdin.flush()
        at += size
    out, err = process.communicate()
    return process.returncode, out.decode(), err.decode()


def parse(out):
    return [json.loads(row, parse_float=Decimal) for row in out.splitlines()]


def check_row(expected, actual):
    wanted = {"window_start": expected["start"], "window_end": expected["end"],
              "event_time_ns": expected["end"] - 1}
    for name in ("rev", "final"):
        if name in expected:
            wanted[name] = expected[name]
    if expected.get("retract"):
        wanted["retract"] = True
    members = dict(expected["values"])
    for name, value in wanted.items():
        if actual.get(name) != value:
            return f"{name} is {actual.get(name)}, not {value}"
    if canonical(actual["g"]) != expected["group"]:
        return f"group {actual['g']}, not {expected['group']}"
    for name, value in members.items():
        if name not in actual or not same(name, value, actual[name]):
            return f"{name} is {actual.get(name)}, not {value}"
    extra = actual.keys() - wanted.keys() - members.keys() - {"g", "last_event"}
    return f"extra members {extra}" if extra else None


def compare(oracle, rows):
    for index, (expected, actual) in enumerate(zip(oracle.rows, rows)):
        problem = check_row(expected, actual)
        if problem:
            return f"row {index}: {problem}: {actual}"
    if len(rows) != len(oracle.rows):
        return f"{len(rows)} rows, not {len(oracle.rows)}"
    return None


def check_late(case, oracle, err, lines, rng):
    counters = json.loads(err.splitlines()[-1])
    if (counters["late"], counters["partly_late"]) != (oracle.late, oracle.partly):
        return f"late {counters['late']}, partly {counters['partly_late']}, " \
               f"not {oracle.late}, {oracle.partly}"
    hint = re.search(r"-d (\S+) would have kept all", err)
    if bool(hint) != bool(oracle.needed):
        return f"closing line: {err}"
    if not hint:
        return None
    arguments = list(case["arguments"])
    arguments[arguments.index("-d") + 1] = hint[1]
    _, _, err = run(arguments, lines, rng, False)
    if "would have kept" in err:
        return f"the hint -d {hint[1]} did not keep all: {err}"
    arguments[arguments.index("-d") + 1] = duration(case["delay"] + oracle.needed - 1)
    _, _, err = run(arguments, lines, rng, False)
    if "would have kept" not in err and not case["gap"]:
        return f"less than the hint -d {hint[1]} would have been enough"
    return None


def final_rows(rows):
    return [{name: value for name, value in row.items() if name not in ("rev", "final")}
            for row in rows if row.get("final", True)]


def without(arguments, *names):
    kept, skip = [], False
    for argument in arguments:
        if skip or argument in names:
            skip = not skip
            continue
        kept.append(argument)
    return kept


def check_every(case, rows, lines, rng):
    """final, update and --every end in the same table; revisions count up; one final each."""
    every = rng.choice([1, 100, 5000])
    base = without(case["arguments"], "--emit")
    _, out, err = run(base + ["--emit", "update", "--every", duration(every)], lines, rng, False)
    spaced = parse(out)
    key = lambda row: (row["window_end"], row["window_start"], canonical(row["g"]))
    if sorted(final_rows(spaced), key=key) != sorted(final_rows(rows), key=key):
        return f"--every {every}: another final table: {err}"
    seen = {}
    for row in spaced:
        name = (row["window_start"], canonical(row["g"]))
        name += () if case["gap"] else (row["window_end"],)
        if row["rev"] != seen.get(name, 0) + 1:
            return f"--every {every}: revision {row['rev']} behind {seen.get(name, 0)}: {row}"
        seen[name] = 0 if row["final"] or row.get("retract") else row["rev"]
    if any(seen.values()):
        return "--every: a result without final:true"
    return None


SMALL = ("n=count,c=count(.v > 3),s=sum(.v),a=avg(.v),lo=min(.v),hi=max(.v),f=first(.v),l=last(.id),"
         "sd=stddev(.v)")


def check_small(case, oracle, lines, rng):
    """States that do not grow are carried from window to window where these overlap much."""
    names = [item.split("=")[0] for item in SMALL.split(",")]
    for row in oracle.rows:
        row["values"] = {name: row["values"][name] for name in names}
    _, out, err = run(case["arguments"], lines, rng, False, SMALL)
    problem = compare(oracle, parse(out))
    return f"small states: {problem}: {err}" if problem else None


def check_extras(case, oracle, rows, lines, rng):
    """--each and --top, where they are allowed."""
    if case["update"] or case["lateness"]:
        return None
    status, out, err = run(case["arguments"] + ["--each"], lines, rng, False)
    records = parse(out)
    expected = [(row, record) for row in oracle.rows
                for record in sorted(row["records"], key=lambda r: r["t"])]
    if len(records) != len(expected):
        return f"--each: {len(records)} records, not {len(expected)}: {err}"
    for actual, (row, record) in zip(records, expected):
        if actual["id"] != record["id"] or actual["event_time_ns"] != record["t"] or \
                actual["window_end"] != row["end"] or actual["n"] != row["values"]["n"]:
            return f"--each: {actual}"
    if case["gap"]:
        return None
    ties = rng.choice(["all", "first"])
    _, out, _ = run(case["arguments"] + ["--top", "2", "--ties", ties, "--rank", "d"], lines, rng,
                    False)
    best, by_window = [], {}
    for row in oracle.rows:
        by_window.setdefault((row["end"], row["start"]), []).append(row)
    for window in by_window.values():
        window.sort(key=lambda row: -row["values"]["d"])
        kept = [row for i, row in enumerate(window)
                if i < 2 or (ties == "all" and row["values"]["d"] == window[1]["values"]["d"])]
        best += kept
    top = parse(out)
    if [(row["window_end"], canonical(row["g"])) for row in top] != \
            [(row["end"], row["group"]) for row in best]:
        return f"--top --ties {ties}: {top}"
    return None


def check(case, rng):
    oracle = (SessionOracle if case["gap"] else FixedOracle)(case)
    oracle.run(case["records"])
    lines = [line(record) for record in case["records"]]
    if not lines:
        status, out, err = run(case["arguments"], lines, rng, False)
        return None if (status, out) == (0, "") else f"no input: {status} {out} {err}"
    status, out, err = run(case["arguments"], lines, rng, False)
    if status != 0:
        return f"status {status}: {err}"
    rows = parse(out)
    problem = compare(oracle, rows) or check_late(case, oracle, err, lines, rng)
    if problem:
        return problem
    if rng.random() < 0.2 and run(case["arguments"], lines, rng, True)[1] != out:
        return "other output through a pipe"
    return check_every(case, rows, lines, rng) or \
        check_extras(case, oracle, rows, lines, rng) or check_small(case, oracle, lines, rng)


def main():
    for number_of_round in range(ROUNDS):
        rng = random.Random(SEED * 1_000_003 + number_of_round)
        case = random_case(rng)
        problem = check(case, rng)
        if problem:
            print(f"seed {SEED}, round {number_of_round}: {' '.join(case['arguments'])}: {problem}")
            folder = os.environ.get("KEEP")
            if folder:
                with open(os.path.join(folder, "input.ndjson"), "w") as file:
                    file.writelines(line(record) for record in case["records"])
            sys.exit(1)
    print(f"seed {SEED}, {ROUNDS} rounds: as the oracle says")


main()
