#!/usr/bin/env python3
"""The line scan against Python's json on random and damaged lines: same verdict, same values.

Python accepts more than RFC 8259 and the contract; the oracle below adds what is missing: NaN and
Infinity, lone surrogate escapes, depth, members that stand twice.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

SEED = int(os.environ.get("SEED", "1"))
# Two seconds each.
LINES = 20000 * (int(os.environ.get("ROUNDS", "1")) // 10 or 1)
PATHS = [["a"], ["a", "b"], ["a", 1], ["c", 0, "a"], ["\u00e4"], ["id"]]
KERNELS = ["avx512", "avx2", "sse2", "portable"]
KINDS = ["absent", "null", "false", "true", "number", "string", "array", "object"]


class Refused(Exception):
    pass


class Members(list):
    """The members of an object as pairs, repeated ones included."""


class Number(str):
    pass


def refuse(_):
    raise Refused


def check_strings(value):
    if isinstance(value, str) and any(0xD800 <= ord(c) <= 0xDFFF for c in value):
        raise Refused
    if isinstance(value, Members):
        for name, member in value:
            check_strings(name)
            check_strings(member)
    elif isinstance(value, list):
        for element in value:
            check_strings(element)


def depth(value):
    if isinstance(value, Members):
        return 1 + max((depth(member) for _, member in value), default=0)
    if isinstance(value, list):
        return 1 + max((depth(element) for element in value), default=0)
    return 0


ABSENT = object()


def step_into(value, step):
    if isinstance(value, Members) and isinstance(step, str):
        found = [member for name, member in value if name == step]
        if len(found) > 1:
            raise Refused
        return found[0] if found else ABSENT
    if type(value) is list and isinstance(step, int) and step < len(value):
        return value[step]
    return ABSENT


def parse(text):
    return json.loads(text, object_pairs_hook=Members, parse_constant=refuse,
                      parse_int=Number, parse_float=Number)


def slot_steps():
    """The steps to each slot, prefixes included, in the order of the scan."""
    slots = [[]]
    for path in PATHS:
        for length in range(1, len(path) + 1):
            if path[:length] not in slots:
                slots.append(path[:length])
    return slots


def expected(line):
    """None for a blank line, False for a rejected one, else the values of the slots."""
    if not line.strip(b" \t\r"):
        return None
    try:
        value = parse(line.decode("utf-8"))
        check_strings(value)
        if not isinstance(value, Members) or depth(value) > 128:
            return False
        values = []
        for steps in slot_steps():
            found = value
            for step in steps:
                found = step_into(found, step)
            values.append(found)
        return values
    except (ValueError, Refused, RecursionError):
        return False


def kind_of(value):
    if value is ABSENT:
        return "absent"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Number):
        return "number"
    if isinstance(value, str):
        return "string"
    return "object" if isinstance(value, Members) else "array"


def slot_agrees(line, slot, value):
    offset, length, kind, flags = map(int, slot.split(":"))
    if KINDS[kind] != kind_of(value):
        return False
    if value is ABSENT:
        return length == 0
    text = line[offset:offset + length].decode("utf-8")
    escaped = kind_of(value) == "string" and "\\" in text
    integer = kind_of(value) == "number" and text.lstrip("-").isdigit()
    return text == text.strip() and parse(text) == value and flags == escaped + 2 * integer


def agrees(line, said, values):
    if values is None:
        return said == "blank"
    if values is False:
        words = said.split(" ", 2)
        return words[0] == "rejected" and 1 <= int(words[1]) <= len(line) + 1
    words = said.split(" ")
    return (words[0] == "record" and len(words) == len(values) + 1
            and all(slot_agrees(line, slot, value) for slot, value in zip(words[1:], values)))


def random_text(dice):
    return dice.choice(["", "a", "b", "id", "c", "x" * dice.randrange(70), "\u00e4", "\u20ac",
                        "\U0001f600", "\\", "\"", "\n", "\0", "/", "{", "],", "\x7f", "\ufeff",
                        "\\u0041", "S\u00e3o Paulo"])


def random_value(dice, level):
    choice = dice.randrange(9 if level < 5 else 6)
    if choice >= 6:
        if choice == 6:
            return [random_value(dice, level + 1) for _ in range(dice.randrange(4))]
        return {random_text(dice): random_value(dice, level + 1)
                for _ in range(dice.randrange(5))}
    return dice.choice([None, True, False, dice.randrange(10 ** dice.randrange(1, 40)),
                        -dice.randrange(100), dice.random(), 1e300, 5e-7, random_text(dice),
                        random_text(dice)])


FRAGMENTS = [b"\"", b"\\", b"{", b"}", b"[", b"]", b":", b",", b"0", b"-", b".", b"e", b"E", b"+",
             b" ", b"\t", b"\r", b"\x00", b"\x1f", b"\x7f", b"\x80", b"\xc3", b"\xc0\x80",
             b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xef\xbb\xbf", b"null", b"true", b"fals",
             b"NaN", b"-Infinity", b"\\u", b"\\ud800", b"\\udc00", b"\\u00e4", b"\\x", b"01",
             b"1e5", b"\"a\":1,", b"\"\\u0061\":1,", b"\"id\":", b"/**/", b"\x0c", b"\xa0",
             b"[" * 70, b"]" * 70, b"[" * 127 + b"]" * 127]


def damaged(dice, line):
    line = bytearray(line)
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        at = dice.randrange(len(line) + 1)
        how = dice.randrange(5)
        if how == 0:
            line[at:at] = dice.choice(FRAGMENTS)
        elif how == 1:
            line[at:at + 1] = dice.choice(FRAGMENTS)
        elif how == 2:
            del line[at:at + dice.randrange(1, 4)]
        elif how == 3 and at < len(line):
            line[at] ^= 1 << dice.randrange(8)
        else:
            end = at + dice.randrange(20)
            line[at:at] = line[at:end]
    return bytes(line).replace(b"\n", b" ")


def random_line(dice):
    if dice.randrange(20) == 0:
        return dice.choice([b"", b" ", b"\t\r", b"[]", b"1", b"\"a\""])
    names = dice.sample(["a", "b", "c", "id", "\u00e4", "x", "type"], dice.randrange(7))
    value = {name: random_value(dice, 1) for name in names}
    separators = dice.choice([(",", ":"), (", ", ": "), (" ,\t", " : ")])
    ascii_only = dice.random() < 0.5
    line = json.dumps(value, separators=separators, ensure_ascii=ascii_only).encode("utf-8")
    return damaged(dice, line) if dice.random() < 0.6 else line


def path_text(path):
    return "".join("[%d]" % step if isinstance(step, int) else "." + step for step in path)


def main():
    subprocess.run(["make", "-s", "build/cc/bench/scan_lines"], check=True)
    dice = random.Random(SEED)
    lines = [random_line(dice) for _ in range(LINES)]
    oracle = [expected(line) for line in lines]
    counts = [sum(verdict is kind for verdict in oracle) for kind in (None, False)]
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"".join(line + dice.choice([b"\n", b"\r\n"]) for line in lines))
        file.flush()
        for kernel in KERNELS:
            run = subprocess.run(["build/cc/bench/scan_lines", kernel, file.name]
                                 + [path_text(path) for path in PATHS], stdout=subprocess.PIPE)
            if run.returncode == 2:
                continue
            said = run.stdout.decode().splitlines()
            if len(said) != len(lines):
                sys.exit("%s: %d lines of %d" % (kernel, len(said), len(lines)))
            for line, answer, verdict in zip(lines, said, oracle):
                if not agrees(line, answer, verdict):
                    sys.exit("SEED=%d %s: %r\n  scan: %s\n  json: %r"
                             % (SEED, kernel, line, answer, verdict))
    print("seed %d: %d lines, %d rejected, %d blank" % (SEED, LINES, counts[1], counts[0]))


main()
