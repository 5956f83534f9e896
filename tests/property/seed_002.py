#!/usr/bin/env python3
"""Seed 002's pipeline (examples/seed-002-shop-insights/pipe.sh) against a slow oracle that looks at
all clicks for each purchase and at all checkouts for each window: attribution, exact cost and profit, the five
tables; and the original's variant, minima of tumbling windows joined. SEED as in tests/README."""
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

top = Path(__file__).resolve().parents[2]
seed = int(os.environ.get("SEED", 2))
MINUTE = 60 * 10**9


def read(path):
    return [json.loads(line, parse_float=Decimal) for line in path.read_text().splitlines()]


def run(folder, variant):
    subprocess.run([top / "examples/seed-002-shop-insights/pipe.sh", variant], check=True,
                   capture_output=True,
                   env={**os.environ, "OUT": str(folder), "SEED": str(seed), "DURATION": "40m",
                        "RATE": "2", "BIN": str((top / os.environ.get("BIN", "bin")).resolve())})
    return {path.stem: read(path) for path in folder.glob("*.ndjson")}


def enriched(purchase, click, users, products):
    product = products[purchase["product_id"]]
    cost = product["price"] * purchase["quantity"] * (1 - purchase["discount"]) + \
        purchase["shipping_cost"]
    return (purchase["purchase_id"], click["click_id"], click["source"],
            users[purchase["user_id"]]["gender"], product["category"], cost,
            (cost - purchase["shipping_cost"]) * product["commission_rate"])


def shape(checkout):
    return tuple([checkout["purchase_id"], checkout["attributed"]["click_id"]] +
                 [checkout[name] for name in
                  ("source", "gender", "category", "total_cost", "profit")])


def reachable(click, purchase):
    return click["user_id"] == purchase["user_id"] and \
        0 <= purchase["event_time_ns"] - click["event_time_ns"] <= 10 * MINUTE


def expected_checkouts(files, variant):
    """By purchase; the original may find several clicks."""
    clicks = [row for row in files["shop"] if row["stream"] == "clicks"]
    clicks.sort(key=lambda click: (click["event_time_ns"], click["click_id"]))
    if variant == "original":
        first = {}
        for click in clicks:
            first.setdefault((click["user_id"], click["event_time_ns"] // (10 * MINUTE)), click)
        clicks = sorted(first.values(), key=lambda click: click["event_time_ns"])
    users = {row["user_id"]: row for row in files["users"]}
    products = {row["product_id"]: row for row in files["products"]}
    for purchase in files["shop"]:
        if purchase["stream"] != "purchases":
            continue
        found = [click for click in clicks if reachable(click, purchase)]
        for click in found if variant == "original" else found[:1]:
            yield enriched(purchase, click, users, products)


def expected_table(checkouts, by, failed):
    """{(window_end, key): rows}, hours that end at each minute."""
    table = defaultdict(list)
    for row in checkouts:
        if (row["payment_status"] != "success") == failed:
            last = row["event_time_ns"] // MINUTE + 1
            for end in range(last, last + 60):
                table[end * MINUTE, by and row[by]].append(row)
    return table


def check_tables(files):
    for name, by in (("source_count", "source"), ("category_count", "category"),
                     ("gender_count", "gender"), ("fail_count", "description"), ("revenue", None)):
        table = expected_table(files["checkouts"], by, name == "fail_count")
        found = {(row["event_time_ns"] + 1, by and row[by]): row for row in files[name]}
        if set(found) != set(table):
            sys.exit(f"{name}: {len(found)} rows, not {len(table)}; seed {seed}")
        for key, rows in table.items():
            sums = {"total": len(rows)} if by else {
                "revenue": sum(row["total_cost"] for row in rows),
                "profit": sum(row["profit"] for row in rows),
                "quantity": sum(row["quantity"] for row in rows)}
            if any(found[key][column] != value for column, value in sums.items()):
                sys.exit(f"{name} {key}: {found[key]}, not {sums}; seed {seed}")


with tempfile.TemporaryDirectory() as scratch:
    counts = []
    for variant in ("text", "original"):
        files = run(Path(scratch) / variant, variant)
        expected = sorted(expected_checkouts(files, variant))
        found = sorted(map(shape, files["checkouts"]))
        if found != expected or not found:
            wrong = [row for row in found if row not in expected][:2]
            missing = [row for row in expected if row not in found][:2]
            sys.exit(f"{variant}: {len(found)} of {len(expected)}: {wrong} {missing}; seed {seed}")
        check_tables(files)
        counts.append(len(found))
print(f"seed 002: {counts[0]} checkouts, {counts[1]} by the original's rule, five tables each; {seed}")
