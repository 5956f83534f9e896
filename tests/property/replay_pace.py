#!/usr/bin/env python3
"""evreplay against the clock: no record comes before it is due, nearly all come at once when they
are; a reader that blocks does not shift the rest; signals end a wait; the first retimed is now."""
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time

SEED = int(os.environ.get("SEED", random.randrange(1 << 30)))
# Seven seconds each.
ROUNDS = int(os.environ.get("ROUNDS", 1)) // 20 or 1
BASE = 1_700_000_000_000_000_000
ATTEMPTS = 5
LATE = 0.05  # seconds; a machine under load wakes a sleeper late
generator = random.Random(SEED)
problems = []


def recording(count, span):
    """`count` event times over `span` seconds, some out of order."""
    times = sorted(generator.randrange(int(span * 1e9)) for _ in range(count))
    times[0] = 0
    for _ in range(count // 10):
        i = generator.randrange(1, count - 1)
        times[i], times[i + 1] = times[i + 1], times[i]
    return times


def write(times):
    file = tempfile.NamedTemporaryFile("w", suffix=".ndjson")
    for number, at in enumerate(times):
        file.write(json.dumps({"n": number, "event_time_ns": BASE + at}) + "\n")
    file.flush()
    return file


def start(*arguments):
    return subprocess.Popen(["evreplay", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            bufsize=0)


def first_output(process, seconds=5):
    """What comes within that time; nothing else would end a test of a tool that holds it back."""
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return os.read(process.stdout.fileno(), 1000) if ready else b""


def ended(process, seconds=10):
    """Its status; it is killed after that time."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def arrivals(process, delay=0.0):
    """(seconds since the first line, record) of each line."""
    lines, rest = [], b""
    while chunk := os.read(process.stdout.fileno(), 1 << 16):
        now = time.monotonic()
        *whole, rest = (rest + chunk).split(b"\n")
        lines += [(now, json.loads(line)) for line in whole]
        if delay and len(lines) < 5:
            time.sleep(delay)
    if rest:
        problems.append(f"half a line: {rest!r}")
    return [(now - lines[0][0], record) for now, record in lines]


def check_pace(name, times, speed, lines, blocked=0.0):
    if [record["n"] for _, record in lines] != list(range(len(times))):
        problems.append(f"{name}: records are missing or in another order")
        return
    due, late = 0.0, []
    for seconds, record in lines:
        due = max(due, times[record["n"]] / 1e9 / speed)
        if seconds < due - LATE / 2:
            problems.append(f"{name}: record {record['n']} came at {seconds}, is due at {due}")
            return
        if due > blocked:
            late.append(seconds - due)
    late.sort()
    if late[int(len(late) * 0.7)] > LATE:
        problems.append(f"{name}: records are late: median {late[len(late) // 2]}")


def attempt():
    times = recording(200, 1.0)
    with write(times) as file:
        check_pace("1x", times, 1, arrivals(start(file.name)))
        check_pace("2.5x", times, 2.5, arrivals(start("--speed", "2.5x", file.name)))
        check_pace("0.8x", times, 0.8, arrivals(start("--speed", "0.8x", file.name)))

    # Large records fill the pipe while the reader sleeps; later ones are on time all the same.
    with write(times) as file:
        process = start(file.name, "--calc", 'pad="' + "x" * 20000 + '"')
        check_pace("blocked", times, 1, arrivals(process, delay=0.2), blocked=0.8)

    times = [0, 100_000_000, 200_000_000]
    with write(times) as file:
        begun = time.monotonic()
        lines = arrivals(start("--loop", "3", file.name))
        if not 0.8 <= time.monotonic() - begun < 0.8 + 4 * LATE or len(lines) != 9:
            problems.append(f"loop: {len(lines)} records in {time.monotonic() - begun} s")

        begun = time.time()
        lines = arrivals(start("--retime", file.name))
        moved = [record["event_time_ns"] / 1e9 for _, record in lines]
        if not begun <= moved[0] <= begun + 4 * LATE or abs(moved[2] - moved[0] - 0.2) > 1e-6:
            problems.append(f"retime: {moved} at {begun}")

    for number in (signal.SIGTERM, signal.SIGINT):
        with write([0, 3600_000_000_000]) as file:
            process = start("-v", file.name)
            first = first_output(process)
            begun = time.monotonic()
            process.send_signal(signal.SIGUSR1)
            counters = json.loads(process.stderr.readline())
            process.send_signal(number)
            status, rest = ended(process), process.stdout.read()
            if first.count(b"\n") != 1 or rest or status != -number:
                problems.append(f"{number.name}: {first!r} {rest!r} {status}")
            if time.monotonic() - begun > 10 * LATE or counters["written"] != 1:
                problems.append(f"{number.name}: took {time.monotonic() - begun} s; {counters}")

    # Nobody is left to read: noticed while waiting, not at the next record.
    with write([0, 3600_000_000_000]) as file:
        process = start(file.name)
        first_output(process)
        process.stdout.close()
        begun = time.monotonic()
        if ended(process) != -signal.SIGPIPE or time.monotonic() - begun > 10 * LATE:
            problems.append(f"reader gone: {process.returncode} after {time.monotonic() - begun} s")


# A starved machine delays anybody: what it cannot do is let a wrong pace look right.
for _ in range(ROUNDS):
    for _ in range(ATTEMPTS):
        problems.clear()
        attempt()
        if not problems or any("missing" in problem or "half a line" in problem for problem in problems):
            break
    if problems:
        break

print(f"{'not ok' if problems else 'ok'} replay_pace seed {SEED}")
for problem in problems:
    print("    " + problem)
sys.exit(bool(problems))
