#!/usr/bin/env python3
"""The whole library of control tests against pandas doing a few of the same tests, as ratios in one run.

Comes in: the path of the example program `controls`. Goes out: seconds of both and ratios, as a table.
Refuses: to quote one side alone. pandas does nine simple tests without sentences, cases or shrinkage; the library does all.

    cargo build --release --example controls
    python3 benches/controls_speed.py target/release/examples/controls [--rows 1000000] [--rounds 3]

Needs: pip install pandas
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd


def exact_duplicate(t):
    return t.duplicated(["vendor", "document_no", "date", "amount"], keep=False)


def duplicate_other_vendor(t):
    same = t.groupby(["document_no", "date", "amount"], sort=False)["vendor"].transform("nunique")
    return same > 1


def duplicate_payment(t):
    s = t.sort_values(["vendor", "amount", "date"], kind="stable")
    same = (s["vendor"] == s["vendor"].shift()) & (s["amount"] == s["amount"].shift())
    return (same & ((s["date"] - s["date"].shift()).dt.days <= 21)).reindex(t.index)


def split_payment(t):
    s = t[t["amount"] < 2_000_000].sort_values(["department", "vendor", "date"], kind="stable").set_index("date")
    return s.groupby(["department", "vendor"], sort=False)["amount"].rolling("30D").sum() > 2_000_000


def day_off(t):
    return t["date"].dt.day_of_week >= 5


def dormant_vendor(t):
    s = t.sort_values(["vendor", "date"], kind="stable")
    return s.groupby("vendor", sort=False)["date"].diff().dt.days > 548


def amount_outlier(t):
    log = np.log(t["amount"])
    by = [t["department"], t["account"]]
    middle = log.groupby(by, sort=False).transform("median")
    spread = (log - middle).abs().groupby(by, sort=False).transform("median")
    return (log - middle) / (1.4826 * spread) > 6


def seldom_used_account(t):
    return t.groupby(["account", t["date"].dt.year], sort=False)["amount"].transform("size") <= 3


def suspicious_word(t):
    return t["description"].str.contains("골프|상품권|유흥|주점|노래방|마사지|화장품|명품|카지노|경마")


TESTS = [exact_duplicate, duplicate_other_vendor, duplicate_payment, split_payment, day_off, dormant_vendor,
         amount_outlier, seldom_used_account, suspicious_word]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "payments.csv"
        command = [arguments.program, "--rows", str(arguments.rows), "--rounds", str(arguments.rounds), "--csv", str(file)]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        table = pd.read_csv(file, parse_dates=["date"])
    theirs = {}
    for test in TESTS:
        best = float("inf")
        for _ in range(arguments.rounds):
            start = time.perf_counter()
            test(table)
            best = min(best, time.perf_counter() - start)
        theirs[test.__name__] = best
    total = sum(theirs.values())
    print(f"{ours['rows']:,} payments, fastest of {arguments.rounds} rounds")
    print(f"pandas, {len(TESTS)} simple tests one after another: {total:.2f} s")
    print(f"library, {ours['tests']} tests: {ours['seconds']:.2f} s ({total / ours['seconds']:.1f} times as fast as the nine)")
    for name, seconds in sorted(ours["seconds_by_test"].items(), key=lambda item: -item[1]):
        peer = f"   pandas {theirs[name]:.2f} s" if name in theirs else ""
        print(f"  {name:26s} {seconds:6.3f} s{peer}")


if __name__ == "__main__":
    main()
