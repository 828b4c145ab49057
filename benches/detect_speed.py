#!/usr/bin/env python3
"""Isolation forest and k-means on the same numbers: ours against scikit-learn and isotree, as ratios in one run.

Comes in: the path of the example program `detect`. Goes out: seconds of every round and ratios, as a table and as JSON.
Refuses: to quote one side alone; all fit and score the same table in turns, round after round.

    cargo build --release --example detect
    python3 benches/detect_speed.py target/release/examples/detect [--rows 1000000] [--columns 16] [--rounds 3]

Needs: pip install numpy scikit-learn isotree
"""

import argparse
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np


def table(n_rows, n_columns, seed):
    """Eight clouds of unequal size and spread, and one row in a hundred anywhere."""
    rng = np.random.default_rng(seed)
    centres = rng.uniform(-10, 10, (8, n_columns))
    which = rng.choice(8, n_rows, p=np.array([30, 20, 15, 12, 10, 7, 4, 2]) / 100)
    values = centres[which] + rng.normal(0, 1, (n_rows, n_columns)) * rng.uniform(0.5, 3, (8, n_columns))[which]
    anywhere = rng.random(n_rows) < 0.01
    values[anywhere] = rng.uniform(-20, 20, (anywhere.sum(), n_columns))
    return values.astype(np.float32)


def ours(program, folder, *options):
    timings = folder / "timings.json"
    subprocess.run(
        [program, folder / "table.csv", folder / "scores.csv", "--timings", timings, *options], check=True)
    found = json.loads(timings.read_text())
    return found["fit_seconds"] + found["score_seconds"], found


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def sklearn_forest(values):
    from sklearn.ensemble import IsolationForest
    return IsolationForest(n_estimators=100, max_samples=256, n_jobs=-1, random_state=1).fit(values).score_samples(values)


def isotree_forest(values):
    from isotree import IsolationForest
    return IsolationForest(ntrees=100, sample_size=256, ndim=1, nthreads=2, random_seed=1).fit(values).predict(values)


def sklearn_kmeans(values):
    from sklearn.cluster import KMeans
    return KMeans(n_clusters=8, n_init=10, random_state=1).fit(values).inertia_


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    values = table(args.rows, args.columns, args.seed)
    seconds = {name: [] for name in ["forest ours", "forest scikit-learn", "forest isotree", "k-means ours", "k-means scikit-learn"]}
    inertia = {"ours": [], "scikit-learn": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        header = ",".join(f"c{i}" for i in range(args.columns))
        np.savetxt(folder / "table.csv", values, fmt="%.7g", delimiter=",", header=header, comments="")
        for number in range(args.rounds):
            seconds["forest ours"].append(ours(args.program, folder, "--detector", "isolation_forest", "--seed", str(number))[0])
            seconds["forest scikit-learn"].append(timed(lambda: sklearn_forest(values))[0])
            seconds["forest isotree"].append(timed(lambda: isotree_forest(values))[0])
            spent, found = ours(args.program, folder, "--detector", "kmeans", "--seed", str(number))
            seconds["k-means ours"].append(spent)
            inertia["ours"].append(found["inertia"])
            spent, sum_of_squares = timed(lambda: sklearn_kmeans(values))
            seconds["k-means scikit-learn"].append(spent)
            inertia["scikit-learn"].append(float(sum_of_squares))
            print(f"round {number + 1}: " + ", ".join(f"{key} {value[-1]:.2f} s" for key, value in seconds.items()), flush=True)
    median = {key: statistics.median(value) for key, value in seconds.items()}
    ratios = {
        "forest: scikit-learn / ours": median["forest scikit-learn"] / median["forest ours"],
        "forest: isotree / ours": median["forest isotree"] / median["forest ours"],
        "k-means: scikit-learn / ours": median["k-means scikit-learn"] / median["k-means ours"],
        "k-means: inertia ours / scikit-learn": max(inertia["ours"]) / min(inertia["scikit-learn"]),
    }
    print("\nmedians of", args.rounds, "rounds")
    for key, value in {**median, **ratios}.items():
        print(f"{key:40} {value:10.4f}")
    if args.json:
        args.json.write_text(json.dumps({"seconds": seconds, "inertia": inertia, "ratios": ratios}, indent=1))


if __name__ == "__main__":
    main()
