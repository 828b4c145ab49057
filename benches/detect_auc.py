#!/usr/bin/env python3
"""Quality of the isolation forest on labelled tables: ours against scikit-learn's with the same trees and sample size.

Comes in: the path of the example program `detect` and a folder of mlbench's tables. Goes out: ROC-AUC by table, each the mean of several seeds,
the difference and its standard error (one forest of 100 trees strays by up to 0.05 on the smaller tables).
Refuses: a mean over less than ten tables.

    cargo build --release --example detect
    apt-get install r-cran-mlbench
    python3 benches/detect_auc.py target/release/examples/detect [--mlbench /usr/lib/R/site-library/mlbench/data] [--seeds 60]

Needs: pip install numpy pandas scikit-learn rdata

An outlier table is made as the literature does: the rows of the rarest or of a named class are the outliers, thinned out where they
would be more than a tenth, and the rows of the other classes (or of one named class) are ordinary.
"""

import argparse
import json
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

SHARE_MAX = 0.1
# Table of mlbench: column of the class, classes of the outliers, classes of ordinary rows (None: all others).
MLBENCH = {
    "BreastCancer": ("Class", ["malignant"], None),
    "Glass": ("Type", ["6"], None),
    "Ionosphere": ("Class", ["bad"], None),
    "LetterRecognition": ("lettr", ["A"], ["B", "D", "E", "F", "G"]),
    "PimaIndiansDiabetes": ("diabetes", ["pos"], None),
    "Satellite": ("classes", ["cotton crop", "damp grey soil", "vegetation stubble"], None),
    "Shuttle": ("Class", ["Fpv.Close", "Fpv.Open", "Bypass", "Bpv.Close", "Bpv.Open"], ["Rad.Flow"]),
    "Sonar": ("Class", ["M"], None),
    "Vehicle": ("Class", ["van"], None),
    "Vowel": ("Class", ["hid"], None),
}


def outlier_table(values, classes, outliers, ordinary, seed=0):
    """Values and labels, the outliers thinned out to a tenth of the ordinary rows."""
    classes = np.asarray(classes).astype(str)
    odd = np.flatnonzero(np.isin(classes, outliers))
    usual = np.flatnonzero(np.isin(classes, ordinary) if ordinary else ~np.isin(classes, outliers))
    n_max = max(5, int(len(usual) * SHARE_MAX))
    if len(odd) > n_max:
        odd = np.sort(np.random.default_rng(seed).choice(odd, n_max, replace=False))
    rows = np.concatenate([usual, odd])
    return values[rows], np.repeat([0, 1], [len(usual), len(odd)])


def numbers(frame):
    """Columns that are numbers or read as such, missing cells filled with the median."""
    frame = frame.apply(lambda column: pd.to_numeric(column.astype(str), errors="coerce"))
    frame = frame.loc[:, frame.notna().mean() > 0.5]
    return frame.fillna(frame.median()).to_numpy(np.float64)


def tables(folder):
    bundled = {
        "breast_cancer": (datasets.load_breast_cancer(), ["0"], None),
        "wine": (datasets.load_wine(), ["2"], None),
        "digits 0": (datasets.load_digits(), ["0"], None),
        "digits 4": (datasets.load_digits(), ["4"], None),
        "iris": (datasets.load_iris(), ["2"], None),
    }
    for name, (bunch, outliers, ordinary) in bundled.items():
        yield name, *outlier_table(bunch.data, bunch.target, outliers, ordinary)
    import rdata
    for name, (column, outliers, ordinary) in MLBENCH.items():
        path = folder / f"{name}.rda"
        if not path.exists():
            print(f"{name}: not found in {folder}")
            continue
        frame = rdata.read_rda(path, default_encoding="latin1")[name]
        features = frame.drop(columns=[c for c in frame.columns if c in (column, "Id")])
        yield name, *outlier_table(numbers(features), frame[column], outliers, ordinary)


def ours(program, folder, seed, detector, options=()):
    out = folder / f"{detector}-{seed}.csv"
    subprocess.run([program, folder / "table.csv", out, "--label", "label", "--detector", detector, "--seed", str(seed), *options],
                   check=True, capture_output=True)
    return np.loadtxt(out, skiprows=1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--mlbench", type=Path, default=Path("/usr/lib/R/site-library/mlbench/data"))
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    rows = []
    print(f"{'table':20} {'rows':>6} {'columns':>7} {'odd':>5} {'ours':>7} {'sklearn':>7} {'diff':>7} {'error':>7}   others of ours: k-means, pca, tail probability")
    for name, values, labels in tables(args.mlbench):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            header = ",".join([f"c{i}" for i in range(values.shape[1])] + ["label"])
            np.savetxt(folder / "table.csv", np.column_stack([values, labels]), fmt="%.9g", delimiter=",", header=header, comments="")
            mine = [roc_auc_score(labels, ours(args.program, folder, s, "isolation_forest")) for s in range(args.seeds)]

            def theirs(seed):
                forest = IsolationForest(n_estimators=100, max_samples=min(256, len(values)), random_state=seed).fit(values)
                return roc_auc_score(labels, -forest.score_samples(values))

            with ThreadPoolExecutor(2) as pool:
                theirs = list(pool.map(theirs, range(args.seeds)))
            error = np.hypot(np.std(mine), np.std(theirs)) / np.sqrt(args.seeds)
            mine, theirs = np.mean(mine), np.mean(theirs)
            others = []
            for detector in ("kmeans", "pca", "tail_probability"):
                options = () if detector == "tail_probability" else ("--standardize",)
                others.append(roc_auc_score(labels, ours(args.program, folder, 1, detector, options)))
        rows.append((name, len(values), values.shape[1], int(labels.sum()), mine, theirs, error, *others))
        print(f"{name:20} {len(values):6} {values.shape[1]:7} {int(labels.sum()):5} {mine:7.4f} {theirs:7.4f} {mine - theirs:+7.4f} {error:7.4f}   "
              + "  ".join(f"{value:.3f}" for value in others), flush=True)
    assert len(rows) >= 10, "a mean over fewer than ten tables says little"
    mine, theirs = np.mean([row[4] for row in rows]), np.mean([row[5] for row in rows])
    error = np.sqrt(sum(row[6] ** 2 for row in rows)) / len(rows)
    print(f"{'mean':20} {len(rows):6} tables {'':7} {mine:7.4f} {theirs:7.4f} {mine - theirs:+7.4f} {error:7.4f}")
    if args.json:
        args.json.write_text(json.dumps({"tables": rows, "ours": mine, "scikit-learn": theirs}, indent=1))


if __name__ == "__main__":
    main()
