#!/usr/bin/env python3
"""evjoin against a slow and obvious oracle, which keeps every row in a list and looks at all of them
for each record: the same bytes, the same --late file, the same counters; then the same again through
a pipe in random pieces, and the same pairs from any order of arrival. SEED and ROUNDS as in
tests/README."""
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from functools import cmp_to_key
from pathlib import Path

top = Path(__file__).resolve().parents[2]
evjoin = top / os.environ.get("BIN", "bin") / "evjoin"
seed = int(os.environ.get("SEED", 20240501))
rounds = int(os.environ.get("ROUNDS", 400))
ms = 1_000_000
END = float("inf")
KINDS = ["inner", "left", "right", "full", "left-anti", "right-anti"]
PRESERVED = {"inner": "", "left": "L", "right": "R", "full": "LR", "left-anti": "L",
             "right-anti": "R"}
KEYS = ['"a"', r'"\u0061"', '"b"', '"c"', '"k1"', '"k2"', '"k3"', "1", "1.0", "1e0", '"1"', "-7",
        "9007199254740993", "9007199254740992", "true", '["x",1]', '[ "x", 1.0 ]', "null", None]


def canonical(text):
    """A value whose equality and order are those of the key; None: null."""
    return None if text is None else rank(json.loads(text, parse_int=Decimal, parse_float=Decimal))


def rank(value):
    if value is None:
        return None
    if isinstance(value, bool):
        return (2 if value else 1, 0)
    if isinstance(value, Decimal):
        return (3, value)
    if isinstance(value, str):
        return (4, value)
    return (5, [rank(element) for element in value])


def compare_keys(a, b):
    if a == b:
        return 0
    if a is None or b is None:
        return -1 if a is None else 1
    return -1 if a < b else 1


class Record:
    def __init__(self, members):
        self.members = members  # (name, value) as JSON text
        self.line = "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}"
        self.get = dict(members).get
        self.time = int(self.get("event_time_ns"))


class Row:
    def __init__(self, record, side, arrival, key, time):
        self.record, self.side, self.arrival, self.key_text = record, side, arrival, key
        self.key, self.time = canonical(key), time
        self.matched = self.late = False


class Oracle:
    """One partition."""

    def __init__(self, options, results):
        self.o, self.results = options, results
        self.maxima, self.watermark = {}, -END
        self.finding = {"L": [], "R": []}  # rows that partners can find
        self.waiting = []                  # unmatched rows that are still to come out

    def bound(self, side):
        return self.o["upper"] if side == "L" else -self.o["lower"]

    def rise(self, watermark):
        if watermark <= self.watermark:
            return
        self.watermark = watermark
        past = [row for row in self.waiting
                if row.time + self.bound(row.side) < watermark or watermark == END]
        past = [row for row in past if not row.matched]
        past.sort(key=cmp_to_key(lambda a, b: (a.time > b.time) - (a.time < b.time) or
                                 (a.side < b.side) - (a.side > b.side) or
                                 compare_keys(a.key, b.key) or a.arrival - b.arrival))
        for row in past:
            self.unmatched(row)
        self.waiting = [row for row in self.waiting if row not in past and not row.matched]
        for side in "LR":
            self.finding[side] = [row for row in self.finding[side]
                                  if row.time + self.bound(side) >= watermark]

    def unmatched(self, row):
        left, right = (row, None) if row.side == "L" else (None, row)
        self.results.append(self.write(row, left, right, row.time))

    def write(self, first, left, right, at):
        o = self.o
        late = first.late and not (left and right)
        if not o["pairs"]:
            return add_late(first.record.line, first.record.members, late)
        if o["flat"]:
            return flat(left, right, at if o["timed"] else None, late)
        text = lambda row: row.record.line if row else "null"
        stamp = f',"event_time_ns":{at}' if o["timed"] else ""
        return (f'{{"key":{first.key_text or "null"}{stamp},"{o["names"][0]}":{text(left)},'
                f'"{o["names"][1]}":{text(right)}{",%slate%s:true" % (QUOTE, QUOTE) if late else ""}}}')

    def passes(self, left, right):
        difference = right.time - left.time if self.o["timed"] else 0
        return (self.o["lower"] <= difference <= self.o["upper"] and left.key == right.key and
                (not self.o["match"] or
                 int(left.record.get("v")) <= int(right.record.get("v"))))

    def take(self, row):
        """Returns (late, came out)."""
        o, side = self.o, row.side
        other = "R" if side == "L" else "L"
        bound = self.bound(side)
        row.late = row.time + max(bound, 0) < self.watermark
        partners = []
        if row.key is not None:
            partners = [partner for partner in self.finding[other]
                        if self.passes(*((row, partner) if side == "L" else (partner, row)))]
        partners.sort(key=lambda partner: (partner.time, partner.arrival))
        for partner in partners[:1] if o["once"] else partners:
            row.matched = partner.matched = True
            if o["pairs"]:
                left, right = (row, partner) if side == "L" else (partner, row)
                self.results.append(self.write(partner, left, right, max(row.time, partner.time)))
            if o["once"] or (o["keep"] != "all" and other == "R"):
                self.finding[other].remove(partner)
        preserved = side in PRESERVED[o["kind"]]
        if row.matched and (o["once"] or (o["keep"] != "all" and side == "R")):
            return row.late, True
        if row.late or row.key is None or row.time + bound < self.watermark:
            if preserved and not row.matched:
                self.unmatched(row)
            return row.late, row.matched or preserved
        if preserved and not row.matched:
            self.waiting.append(row)
        if o["keep"] != "all" and side == "L":
            holders = [holder for holder in self.finding["L"] if holder.key == row.key]
            for holder in holders:
                if (row.time >= holder.time) != (o["keep"] == "last"):
                    return False, True
                self.finding["L"].remove(holder)
        self.finding[side].append(row)
        return False, True


QUOTE = '"'


def add_late(line, members, late):
    if not late:
        return line
    if any(name == "late" for name, _ in members):
        members = [(name, "true" if name == "late" else value) for name, value in members]
        return Record(members).line
    return line[:-1] + ',"late":true}'


def flat(left, right, at, late):
    first, second = (left, right) if left else (right, None)
    members = list(first.record.members)
    names = {name for name, _ in members}
    if second:
        members += [member for member in second.record.members if member[0] not in names]
    for name, value in (("event_time_ns", at), ("late", "true" if late else None)):
        if value is None:
            continue
        if any(member[0] == name for member in members):
            members = [(n, str(value) if n == name else v) for n, v in members]
        else:
            members.append((name, str(value)))
    return "{" + ",".join(f'"{name}":{value}' for name, value in members) + "}"


def expect(o, records):
    results, late_lines, partitions = [], [], {}
    counts = dict.fromkeys(("read", "used", "filtered", "late", "partly_late"), 0)
    for number, record in enumerate(records, 1):
        counts["read"] += 1
        kind = record.get("type")
        sides = [side for side, types in (("L", o["left"]), ("R", o["right"])) if kind in types]
        if not sides:
            counts["filtered"] += 1
            continue
        partition = canonical(record.get("p")) if o["partition"] else 0
        state = partitions.setdefault(partition, Oracle(o, results))
        if o["timed"]:
            stream = record.get("s") if o["stream"] else 0
            state.maxima[stream] = max(state.maxima.get(stream, -END), record.time)
            state.rise(min(state.maxima.values()) - o["delay"])
        fates = [state.take(Row(record, side, number, record.get("key"),
                                record.time if o["timed"] else 0)) for side in sides]
        if not all(late for late, _ in fates):
            counts["used"] += 1
            if any(late for late, _ in fates):
                counts["partly_late"] += 1
                late_lines.append(number)
        else:
            counts["late"] += 1
            if not any(out for _, out in fates):
                late_lines.append(number)
    for state in partitions.values():
        state.rise(END)
    counts["written"] = len(results)
    return results, sorted(late_lines), counts


def duration(value):
    return f"{value}ms" if value else "0"


def choose_range(random):
    """Text, lower and upper in ns."""
    shape = random.randrange(8)
    a, b = sorted((random.randrange(-30, 31), random.randrange(-30, 31)))
    if shape == 0:
        return "all", -END, END
    if shape == 1:
        return duration(abs(a)), -abs(a) * ms, abs(a) * ms
    if shape == 2:
        return f"{duration(a)}..", a * ms, END
    if shape == 3:
        return f"..{duration(b)}", -END, b * ms
    if shape == 4:
        return f"{duration(a)}<..<{duration(b)}", a * ms + 1, b * ms - 1
    if shape == 5 and a != b:
        return f"{duration(b)}..{duration(a)}", b * ms, a * ms
    return f"{duration(a)}..{duration(b)}", a * ms, b * ms


def choose_options(random):
    text, lower, upper = choose_range(random)
    o = {"lower": lower, "upper": upper, "kind": random.choice(KINDS), "delay": 0,
         "keep": random.choice(["all", "all", "last", "first"]), "once": random.random() < .25,
         "names": ("left", "right"), "flat": False, "left": "2", "right": "1", "match": False,
         "partition": random.random() < .15, "stream": random.random() < .15}
    o["pairs"] = not o["kind"].endswith("anti")
    o["timed"] = text != "all" or random.random() < .5
    arguments = ["--within", text, "--join", o["kind"], "--left-keep", o["keep"]]
    if text == "all" and o["timed"]:
        arguments += ["-t", ".event_time_ns"]
    if o["once"]:
        arguments += ["--once"]
    if random.random() < .6:
        o["delay"] = random.randrange(1, 40) * ms
        arguments += ["-d", duration(o["delay"] // ms)]
    if o["pairs"] and random.random() < .3:
        o["names"] = ("request", "a c\\k")
        arguments += ["--names", "request,a c\\k"]
        o["names"] = ("request", "a c\\\\k")
    elif o["pairs"] and random.random() < .3:
        o["flat"] = True
        arguments += ["--flat"]
    if random.random() < .25:
        o["match"] = True
        left, right = o["names"]
        arguments += ["--match", f'.{left}.v <= .["{right}"].v']
    if random.random() < .3:
        o["left"], o["right"] = "23", "13"
        arguments += ["--left", ".type != 1 and .type != 0", "--right",
                      "if .type == 1 then true else .type == 3 end"]
    if o["partition"]:
        arguments += ["--partition", ".p"]
    if o["stream"]:
        arguments += ["--stream", ".s"]
    return o, arguments


def make_records(random, count):
    keys = random.sample(KEYS, random.randrange(1, len(KEYS) + 1))
    scale = random.choice([1, 1, 1, 1000, 3600_000])
    base = random.choice([0, -50 * ms, 1_714_521_600_000_000_000])
    disorder = random.choice([0, 3, 20, 60])
    records = []
    for i in range(count):
        at = base + (i * random.choice([1, 1, 2]) // 2 - random.randrange(disorder + 1)) * ms
        if random.random() < .01:
            at += random.randrange(-100, 100) * ms * scale
        members = [("type", random.choice("111222230")), ("event_time_ns", str(at)),
                   ("v", str(random.randrange(3))), ("p", random.choice(["1", '"x"', "1.0"])),
                   ("s", random.choice(["1", "2"]))]
        key = random.choice(keys)
        if key is not None:
            members.append(("key", key))
        if random.random() < .1:
            members.append(("late", '"no"'))
        if random.random() < .3:
            members.append((random.choice(["x", "y"]), '{ "deep": [1, "}"] }'))
        if random.random() < .02:
            members.append(("long", '"' + "z" * random.choice([300, 70_000]) + '"'))
        random.shuffle(members)
        records.append(Record(members))
    return records


def run(arguments, data, folder, random=None):
    """stdout lines, lines named in --late, counters."""
    late = folder / "late"
    command = [evjoin, *arguments, "-v", "--max-future", "3650d", "--late", str(late)]
    if random is None:
        (folder / "in").write_bytes(data)
        with open(folder / "in", "rb") as file:
            done = subprocess.run(command, stdin=file, capture_output=True)
        out, err, status = done.stdout, done.stderr, done.returncode
    else:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=open(folder / "out", "wb"),
                                   stderr=subprocess.PIPE)
        at = 0
        while at < len(data):
            size = random.choice([1, 7, 50, 400, 5000, 100_000])
            process.stdin.write(data[at:at + size])
            process.stdin.flush()
            at += size
        process.stdin.close()
        err, status = process.stderr.read(), process.wait()
        out = (folder / "out").read_bytes()
    if status != 0:
        raise AssertionError(f"status {status}: {err.decode()}")
    late_lines = [json.loads(line)["line"] for line in late.read_text().splitlines()]
    return out.decode().splitlines(), late_lines, json.loads(err.decode().splitlines()[-1])


def compare(expected, actual):
    results, late, counts = expected
    if actual[0] != results:
        place = next((i for i, (a, b) in enumerate(zip(results, actual[0])) if a != b),
                     min(len(results), len(actual[0])))
        show = lambda lines: lines[place][:300] if place < len(lines) else "(end)"
        raise AssertionError(f"result {place + 1} of {len(results)}, evjoin gave {len(actual[0])}:\n"
                             f"  expected {show(results)}\n  evjoin   {show(actual[0])}")
    if actual[1] != late:
        raise AssertionError(f"--late: expected lines {late}, found {actual[1]}")
    for name, value in counts.items():
        if actual[2][name] != value:
            raise AssertionError(f"{name}: expected {value}, counted {actual[2][name]}")
    if actual[2]["held_left"] + actual[2]["held_right"] != 0:
        raise AssertionError("rows are held after the end")


def data_of(records):
    return "".join(record.line + "\n" for record in records).encode()


def one_round(number, folder):
    chooser = random.Random(f"{seed} {number}")
    o, arguments = choose_options(chooser)
    records = make_records(chooser, chooser.choice([5, 40, 40, 150] if number % 40 else [1500]))
    try:
        compare(expect(o, records), run(arguments, data_of(records), folder))
        if number % 8 == 0:
            compare(expect(o, records), run(arguments, data_of(records), folder, chooser))
        if number % 16 == 0:
            compare(expect(o, records),
                    run([*arguments, "--every", "5ms"], data_of(records), folder, chooser))
        if number % 4 == 0 and o["keep"] == "all" and not o["once"]:
            check_any_order(chooser, arguments, records, folder)
    except AssertionError as error:
        (folder / "failing.ndjson").write_bytes(data_of(records))
        keep = Path(tempfile.gettempdir()) / f"evjoin-{seed}-{number}.ndjson"
        keep.write_bytes(data_of(records))
        sys.exit(f"SEED={seed} round {number}: evjoin "
                 f"{' '.join(repr(a) for a in arguments)} {keep}\n{error}")


def check_any_order(chooser, arguments, records, folder):
    """Nothing is late under a delay that covers everything: then order means nothing. A record of
    both sides is told apart by a member of its own."""
    arguments = [*arguments]
    if "-d" in arguments:
        arguments[arguments.index("-d") + 1] = "3000d"
    else:
        arguments += ["-d", "3000d"]
    spellings = {}  # one for equal keys: which of two comes out depends on the order
    for text in filter(None, KEYS):
        same = [known for known in spellings.values() if canonical(known) == canonical(text)]
        spellings[text] = same[0] if same else text
    plain = []
    for i, record in enumerate(records):
        members = [(n, spellings[v] if n == "key" else v)
                   for n, v in record.members] + [("n", str(i))]
        plain.append(Record(members))
    shuffled = plain[:]
    chooser.shuffle(shuffled)
    if sorted(run(arguments, data_of(plain), folder)[0]) != \
            sorted(run(arguments, data_of(shuffled), folder)[0]):
        raise AssertionError("the order of arrival changes the results")


def main():
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        for number in range(rounds):
            one_round(number, Path(name))
    print(f"evjoin as its oracle, {rounds} rounds, {time.monotonic() - begin:.0f} s (SEED={seed})")


main()
