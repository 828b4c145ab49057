"""A prototype of the usual kind: pandas and scikit-learn, isolation forest and k-means over a few columns.

Comes in: rows as `ledgerwatch score` writes them, and the exports for the time of day. Goes out: one score a row, 0 to 100.
Refuses: nothing to itself that the literature gives it (Liu et al. 2008 for the forest, distance to the nearest of k centres
for k-means), and takes nothing beyond: no text, no calendar, no rules.

Needs: pip install pandas scikit-learn openpyxl
"""

import re

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.ensemble import IsolationForest
from sklearn.preprocessing import StandardScaler

TREES, CLUSTERS = 100, 8
NOON = 12.0  # for rows without a time
TIME = re.compile(r"(?:\d{4}\.\d{2}\.\d{2} )?(\d{2}):(\d{2})(?::\d{2})?")
KEY = ["source", "sheet", "row"]


def raw_rows(inbox):
    """Every row of every export as (source, sheet, row from 1, cells)."""
    for path in sorted(inbox.iterdir()):
        if path.suffix == ".xlsx":
            for sheet, frame in pd.read_excel(path, sheet_name=None, header=None, dtype=str).items():
                for row, cells in enumerate(frame.itertuples(index=False), 1):
                    yield path.name, sheet, row, cells
            continue
        data = path.read_bytes()
        text = data.decode("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "cp949")
        for row, line in enumerate(text.splitlines(), 1):
            yield path.name, "", row, line.split(",")


def hours(inbox):
    """The hour of every row that shows a time."""
    found = []
    for source, sheet, row, cells in raw_rows(inbox):
        for cell in cells:
            match = TIME.fullmatch(cell) if isinstance(cell, str) else None
            if match:
                found.append((source, sheet, row, int(match[1]) + int(match[2]) / 60))
                break
    return pd.DataFrame(found, columns=[*KEY, "hour"])


def columns_of(rows):
    """The numbers both methods see."""
    pair = rows.groupby(["department", "account"])
    date = pd.to_datetime(rows.date)
    return pd.DataFrame({
        "log_amount": np.log1p(rows.amount.clip(lower=0)),
        "department": rows.groupby("department").row.transform("size"),
        "account": rows.groupby("account").row.transform("size"),
        "pair": pair.row.transform("size"),
        "vendor": np.log(rows.groupby("vendor").row.transform("size")),
        "deviation": (rows.amount - pair.amount.transform("mean")) / (pair.amount.transform("std").fillna(1) + 1),
        "weekday": date.dt.day_of_week,
        "month": date.dt.month,
        "hour": rows.hour.fillna(NOON),
    }).fillna(0)  # fmt: skip


def scores(rows, inbox, seed=0):
    """Scores of the rows: the ranks of both methods summed."""
    rows = rows.merge(hours(inbox), on=KEY, how="left")
    rows["vendor"] = rows.vendor.fillna("")
    values = StandardScaler().fit_transform(columns_of(rows))
    forest = IsolationForest(n_estimators=TREES, random_state=seed).fit(values)
    centres = KMeans(n_clusters=CLUSTERS, n_init=3, random_state=seed).fit(values)
    ranks = pd.Series(-forest.score_samples(values)).rank(pct=True) + pd.Series(centres.transform(values).min(axis=1)).rank(
        pct=True
    )
    return ranks.to_numpy() * 50
