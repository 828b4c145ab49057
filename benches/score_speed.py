#!/usr/bin/env python3
"""The whole of `score` against a pandas and scikit-learn prototype that reads, cleans and scores the same files.

Comes in: the program's path. Goes out: seconds, peak memory and ratios of one run, as a table and as JSON.
Refuses: to quote one side alone; all read the same files, one program after the other.

    python3 benches/score_speed.py target/release/ledgerwatch [--files 5] [--rows 200000] [--folder DIR] [--peers calamine,openpyxl]

Needs: pip install pandas scikit-learn openpyxl python-calamine xlsxwriter
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from ingest import timed, write_xlsx

PROTOTYPE = """
import sys, numpy as np, pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler
engine, out, *paths = sys.argv[1:]
frame = pd.concat([pd.read_excel(path, engine=engine, dtype=str) for path in paths], ignore_index=True)
date = frame['결의일자'].str.replace(r'[년월./]\\s*', '-', regex=True).str.replace(r'\\s+00:00:00|일|-$', '', regex=True)
date = date.str.replace(' ', '').str.replace(r'^(\\d{4})(\\d{2})(\\d{2})$', r'\\1-\\2-\\3', regex=True)
date = pd.to_datetime(date, errors='coerce', format='mixed')
negative = frame['금액'].str.match(r'^[△(-]')
amount = pd.to_numeric(frame['금액'].str.replace(r'[^0-9]', '', regex=True), errors='coerce')
amount = amount.where(~negative, -amount)
pair = [frame['부서명'], frame['계정과목']]
size = lambda keys: amount.groupby(keys).transform('size')
values = pd.DataFrame({
    'log_amount': np.log1p(amount.clip(lower=0)), 'department': size(pair[0]), 'account': size(pair[1]), 'pair': size(pair),
    'vendor': np.log(size(frame['거래처'])),
    'deviation': (amount - amount.groupby(pair).transform('mean')) / (amount.groupby(pair).transform('std') + 1),
    'weekday': date.dt.day_of_week, 'month': date.dt.month, 'hour': frame['승인시각'].str[:2].astype(float),
}).fillna(0)
values = StandardScaler().fit_transform(values)
forest = IsolationForest(n_estimators=100, max_samples=256, n_jobs=-1, random_state=0).fit(values)
centres = KMeans(n_clusters=8, n_init=10, random_state=0).fit(values)
rank = pd.Series(-forest.score_samples(values)).rank(pct=True) + pd.Series(centres.transform(values).min(axis=1)).rank(pct=True)
frame.assign(date=date, amount=amount, score=rank * 50)[['결의번호', 'date', '부서명', '계정과목', '거래처', 'amount', 'score']].to_csv(out, index=False)
print(len(frame))
"""


def ours(program, paths, out):
    result, _ = timed([program, "--config", str(out.parent / "none"), "score", *paths, "--out", str(out)])
    with open(out, encoding="utf-8") as file:
        result["rows"] = sum(1 for _ in file) - 1
    return result


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--files", type=int, default=5)
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--folder", type=Path, help="workbooks made before; else they are made")
    arguments.add_argument("--peers", default="calamine,openpyxl")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        books = options.folder or folder / "xlsx"
        if not options.folder:
            books.mkdir()
            for i in range(options.files):
                write_xlsx(str(books / f"지출_{i}.xlsx"), options.rows, i + 1)
        paths = sorted(str(path) for path in books.iterdir() if path.suffix == ".xlsx")
        out = folder / "scores.csv"
        found = {"ledgerwatch": ours(options.program, paths, out)}
        for engine in options.peers.split(","):
            result, printed = timed([sys.executable, "-c", PROTOTYPE, engine, str(out), *paths])
            result["rows"] = int(printed)
            found[f"prototype with {engine}"] = result
        found["ledgerwatch again"] = ours(options.program, paths, out)
        best = min(found["ledgerwatch"]["seconds"], found["ledgerwatch again"]["seconds"])
        for result in found.values():
            result["ratio"] = result["seconds"] / best
    print(json.dumps(found, ensure_ascii=False, indent=1))
    for name, result in found.items():
        print(f"{name:24} {result['seconds']:8.1f} s {result['peak_mib']:8.0f} MiB {result['rows']:>10,} rows {result['ratio']:6.1f} x")


if __name__ == "__main__":
    main()
