#!/usr/bin/env python3
"""evattr against a slow oracle in exact fractions that looks at all touches for each conversion:
every model, shape of range, tie, priority, --reuse no, --emit update with its corrections, --credits,
late records, partitions with two streams; the same lines in the same order. Then: any order of
arrival in which nothing is late ends in the same table, by updates or at once; and the state stays
flat over 100 look-backs. SEED and ROUNDS as in tests/README."""
import json
import os
import random
import subprocess
import sys
import tempfile
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

getcontext().prec = 60
top = Path(__file__).resolve().parents[2]
evattr = top / os.environ.get("BIN", "bin") / "evattr"
seed = int(os.environ.get("SEED", 20240501))
rounds = int(os.environ.get("ROUNDS", 200))
INFINITY = float("inf")


def rank(value):
    """jq's order of null, numbers and strings."""
    if value is None:
        return (0,)
    return (1, value) if isinstance(value, (int, Decimal)) else (2, value)


class Row:
    def __init__(self, line):
        self.line, self.members = line, json.loads(line, parse_float=Decimal)
        get = self.members.get
        self.time, self.key, self.identity = get("event_time_ns"), get("user_id"), get("id")
        self.priority, self.value = rank(get("priority")), get("value")
        self.order = (self.time, rank(self.identity), line)
        self.used = False


def weights_of(model, touches):
    """Fractions, one per touch; touches come by (time, id)."""
    name, _, argument = model.partition(":")
    count = len(touches)
    last = min(i for i, touch in enumerate(touches) if touch.time == touches[-1].time)
    weights = [Fraction(0)] * count
    if name == "last":
        weights[last] = Fraction(1)
    elif name == "first":
        weights[0] = Fraction(1)
    elif name == "linear" or (name == "position" and count <= 2):
        weights = [Fraction(1)] * count
    elif name == "position":
        first, middle, final = map(Fraction, argument.split(","))
        weights = [middle / (count - 2)] * count
        weights[0], weights[last or 1] = first, final
    elif name == "time-decay":
        half_life = int(argument[:-2])
        for i, touch in enumerate(touches):
            age = touches[-1].time - touch.time
            if age // half_life < 62:
                weights[i] = Fraction(Decimal(2) ** (Decimal(-age) / half_life))
    else:
        listed = list(map(Fraction, argument.split(",")))
        best = sorted(range(count), key=lambda i: (touches[i].priority, touches[i].time, -i),
                      reverse=True)
        for weight, i in zip(listed, best):
            weights[i] = weight
    return weights


def split(value, digits, weights):
    """Exact credits by the largest remainder."""
    value = Decimal(value)
    grain = Fraction(10) ** min(-digits, value.normalize().as_tuple().exponent)
    units = abs(Fraction(value)) / grain
    shares = [units * weight / sum(weights) for weight in weights]
    credits = [share.numerator // share.denominator for share in shares]
    rest = int(units - sum(credits))
    for i in sorted(range(len(shares)), key=lambda i: (credits[i] - shares[i], i))[:rest]:
        credits[i] += 1
    return [credit * grain * (-1 if value < 0 else 1) for credit in credits]


class Oracle:
    """One partition."""

    def __init__(self, options, out):
        self.o, self.out = options, out
        self.touches, self.open, self.maxima, self.watermark = [], [], {}, -INFINITY

    def rise(self, watermark):
        if watermark <= self.watermark:
            return
        self.watermark = watermark
        due = sorted((row for row in self.open if row.time < watermark), key=lambda row: row.order)
        self.open = [row for row in self.open if row.time >= watermark]
        for row in due:
            answer = self.answer(row)
            self.give(row, answer, None, True)
            for touch, _ in answer[0] if not self.o["reuse"] else []:
                touch.used = True

    def answer(self, conversion, without=None):
        """([(touch, credit)], number of eligible touches)"""
        touches = [touch for touch in self.touches
                   if touch is not without and not touch.used and touch.key is not None and
                   rank(touch.key) == rank(conversion.key) and
                   self.o["lower"] <= conversion.time - touch.time <= self.o["upper"]]
        touches.sort(key=lambda touch: touch.order)
        eligible = len(touches)
        if self.o["priority"] and not self.o["model"].startswith("weights"):
            best = max((touch.priority for touch in touches), default=None)
            touches = [touch for touch in touches if touch.priority == best]
        elif not self.o["priority"]:
            for touch in touches:
                touch.priority = (0,)
        if not touches:
            return [], eligible
        weights = weights_of(self.o["model"], touches)
        pairs = [pair for pair in zip(touches, weights) if pair[1] > 0]
        credits = split(self.worth(conversion), self.o["digits"], [weight for _, weight in pairs])
        return [(touch, credit) for (touch, _), credit in zip(pairs, credits)], eligible

    def worth(self, conversion):
        return conversion.value if self.o["value"] else 1

    def give(self, conversion, answer, before, final):
        conversion.revision = getattr(conversion, "revision", 0) + 1
        marks = {}
        if self.o["update"]:
            marks = {"rev": conversion.revision, "final": final}
        if self.o["credits"]:
            self.give_credits(conversion, answer[0], before, marks)
            return
        members = dict(conversion.members)
        if self.o["model"] in ("last", "first"):
            members["attributed"] = answer[0][0][0].members if answer[0] else None
        else:
            members["credits"] = [{"touch": touch.members, "credit": credit}
                                  for touch, credit in answer[0]]
        self.out.append({**members, "touches": answer[1], **marks})

    def give_credits(self, conversion, credits, before, marks):
        lines = credits or [(None, Fraction(Decimal(self.worth(conversion))))]
        for touch, _ in (before or [(None, 0)]) if before is not None else []:
            if all(touch is not other for other, _ in lines):
                lines = lines + [(touch, Fraction(0))]
        for touch, credit in lines:
            self.out.append({
                "conversion_id": conversion.identity, "touch_id": touch and touch.identity,
                "credit": credit, "event_time_ns": conversion.time,
                "touch": touch and touch.members, "conversion": conversion.members, **marks})

    def take(self, row, late):
        if row.time < self.watermark:
            late.append(row.line)
            return
        if row.members["kind"] == "touch":
            self.touches.append(row)
            if not self.o["update"]:
                return
            for conversion in sorted(self.open, key=lambda conversion: conversion.order):
                before, after = self.answer(conversion, row), self.answer(conversion)
                if before[0] != after[0]:
                    self.give(conversion, after, before[0], False)
            return
        self.open.append(row)
        if self.o["update"]:
            self.give(row, self.answer(row), None, False)


def oracle(lines, options):
    out, late, partitions = [], [], {}
    for line in lines:
        row = Row(line)
        name = row.members["partition"] if options["split"] else 0
        partition = partitions.setdefault(name, Oracle(options, out))
        stream = row.members["kind"] if options["split"] else 0
        partition.maxima[stream] = max(row.time, partition.maxima.get(stream, row.time))
        if len(partition.maxima) == (2 if options["split"] else 1):
            partition.rise(min(partition.maxima.values()) - options["delay"])
        partition.take(row, late)
    # Where a stream was awaited to the end, the partition ends after the others.
    for partition in sorted(partitions.values(), key=lambda p: options["split"] and -len(p.maxima)):
        partition.rise(INFINITY)
    return out, late


def random_lines(rng):
    users = rng.choice([['"a"'], ['"a"', '"b"', "1", '"1"', "null"], ['"u%d"' % i for i in range(30)]])
    partitions = rng.choice([1, 2, 6])
    lines, clock = [], rng.choice([0, -1000, 1_700_000_000_000_000_000])
    jitter = rng.choice([0, 3, 40])
    for number in range(rng.choice([5, 30, 150])):
        clock += rng.choice([0, 0, 1, 1, 7])
        index = rng.randrange(len(users))
        members = [f'"user_id":{users[index]}', f'"partition":{index % partitions}',
                   f'"event_time_ns":{clock - rng.randint(0, jitter)}']
        if rng.random() < 0.6:
            identity = rng.choice([number, number, f'"t{number}"', rng.randint(0, 3), "null"])
            members += ['"kind":"touch"', f'"id":{identity}',
                        f'"priority":{rng.choice(["null", 1, 2, 2.5, 10])}', f'"n":{number}']
        else:
            value = rng.choice(["1", "0", "10", "0.01", "99.95", "-5", "3.3333333333", "1e2", "0.10"])
            members += ['"kind":"conversion"', f'"id":"c{number}"', f'"value":{value}']
        rng.shuffle(members)
        lines.append("{" + ",".join(members) + "}")
    return lines


MODELS = ["last", "first", "linear", "position:.4,.2,.4", "position:1,0,1", "position:0,1,.5",
          "time-decay:1ns", "time-decay:7ns", "time-decay:1000ns", "weights:.5,.3,.2", "weights:1",
          "weights:.25,0,.75"]


def random_options(rng):
    lower, upper = rng.choice([(0, 30), (0, 5), (0, 0), (1, 30), (5, 29), (0, INFINITY), (10, 3)])
    options = {"lower": lower, "upper": upper, "model": rng.choice(MODELS),
               "delay": rng.choice([0, 2, 20, 1000]), "priority": rng.random() < 0.3,
               "update": rng.random() < 0.5, "credits": rng.random() < 0.4,
               "digits": rng.choice([6, 0, 2, 12]), "split": rng.random() < 0.4}
    options["reuse"] = options["update"] or rng.random() < 0.5
    sharing = options["model"] not in ("last", "first")
    options["value"] = (sharing or options["credits"]) and rng.random() < 0.6
    return options


def range_text(rng, lower, upper):
    if upper == INFINITY:
        return "0.."
    if lower == 0:
        return rng.choice([f"{upper}ns", f"0..{upper}ns", f"0..<{upper + 1}ns"])
    return rng.choice([f"{lower}ns..{upper}ns", f"{lower - 1}ns<..{upper}ns"])


def arguments(rng, options):
    words = ["--touch", '.kind == "touch"', "--conversion", '.kind == "conversion"', "--within",
             range_text(rng, options["lower"], options["upper"]), "--model", options["model"], "-d",
             f'{options["delay"]}ns', "--touch-id", ".id", "--id", ".id", "--credit-digits",
             str(options["digits"]), "--emit", "update" if options["update"] else "final",
             "--reuse", "yes" if options["reuse"] else "no"]
    words += ["--credits"] * options["credits"]
    words += ["--priority", ".priority"] if options["priority"] else []
    words += ["--value", ".value"] if options["value"] else []
    if options["split"]:
        words += ["--partition", ".partition", "--stream", ".kind", "--streams", "touch,conversion"]
    return words


def run(folder, lines, *words):
    result = subprocess.run([evattr, *words, "--late", folder / "late", "-v"], capture_output=True,
                            input="".join(line + "\n" for line in lines), text=True)
    if result.returncode != 0:
        sys.exit(f"evattr {words}: status {result.returncode}: {result.stderr}")
    late = [line.partition(',"record":')[2][:-1]
            for line in (folder / "late").read_text().splitlines()]
    return result.stdout.splitlines(), late, json.loads(result.stderr.splitlines()[-1])


def check_random(folder):
    for number in range(rounds):
        rng = random.Random(seed + number)
        lines, options = random_lines(rng), random_options(rng)
        words = arguments(rng, options)
        expected, late = oracle(lines, options)
        found, found_late, counters = run(folder, lines, *words)
        found = [json.loads(line, parse_float=Decimal) for line in found]
        if found != expected or found_late != late or counters["late"] != len(late):
            for want, got in zip(expected + [None] * len(found), found + [None] * len(expected)):
                if want != got:
                    print(f"expected {want}\nfound    {got}")
                    break
            sys.exit(f"differs from the oracle: seed {seed + number} {words}")


def table(lines):
    """The last word on each conversion."""
    rows = {}
    for line in lines:
        row = json.loads(line, parse_float=Decimal)
        row.pop("rev", None), row.pop("final", None)
        rows[row["id"]] = row
    return rows


def check_orders(folder):
    for number in range(rounds // 4):
        rng = random.Random(seed - 1 - number)
        lines, options = random_lines(rng), random_options(rng)
        options |= {"delay": 10**6, "update": False, "credits": False, "split": False}
        options["value"] = options["value"] and options["model"] not in ("last", "first")
        final, _, _ = run(folder, lines, *arguments(rng, options))
        shuffled = rng.sample(lines, len(lines))
        again, _, _ = run(folder, shuffled, *arguments(rng, options))
        options["update"] = options["reuse"]
        updated, _, _ = run(folder, shuffled, *arguments(rng, options))
        if again != final or table(updated) != table(final):
            sys.exit(f"the order of arrival matters: seed {seed - 1 - number} {options}")


def check_flat(folder):
    """500 touches and conversions of ever new users per look-back, for 5 and 100 look-backs."""
    for mode in ("final", "update"):
        sizes = []
        for reaches in (5, 100):
            lines = [f'{{"user_id":"user{i // 4}","kind":"{"conversion" if i % 4 == 3 else "touch"}",'
                     f'"event_time_ns":{i},"pad":"{"x" * 1000}"}}' for i in range(2000 * reaches)]
            _, _, counters = run(folder, lines, "--touch", '.kind == "touch"', "--conversion",
                                 '.kind == "conversion"', "--within", "2000ns", "--emit", mode)
            sizes.append(counters["state_bytes"])
        if sizes[1] > 1.5 * sizes[0] + 2 * 2**21:
            sys.exit(f"state grows with the stream: {sizes} bytes after 5 and 100, --emit {mode}")


with tempfile.TemporaryDirectory() as scratch:
    check_random(Path(scratch))
    check_orders(Path(scratch))
    check_flat(Path(scratch))
print(f"evattr: {rounds} random streams as the oracle says, {rounds // 4} in another order, state "
      f"flat over 100 look-backs; seed {seed}")
