#!/usr/bin/env python3
"""How well planted irregularities are found: ledgerwatch beside a pandas and scikit-learn prototype, on made-up institutions.

Comes in: the program's path; sizes, seeds, institutions, layouts. Goes out: one table, or JSON with --json; progress on
stderr. Refuses: to quote one side alone; both score the same rows and `ledgerwatch evaluate` measures both.

    python3 benches/detect_quality.py target/release/ledgerwatch [--rows 20000,40000,100000] [--seeds 1] \
        [--institutions district,university,corporation] [--layouts 1,2,3] [--clean] [--json]

Needs: pip install numpy xlsxwriter pandas scikit-learn openpyxl
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

import pandas as pd

import prior_art
from institutions.generate import INSTITUTIONS, LAYOUTS, generate

NO_CONFIG = "NONE"  # the built-in settings
ABOVE_BAR = re.compile(r"기준값 [\d.]+점 이상 ([\d,]+)건")
MEASURES = ("average_precision", "recall_top_1pct", "precision_at_100")


def run(program, *args):
    """What the program writes on stdout; its messages are shown when it fails."""
    done = subprocess.run([program, "--config", NO_CONFIG, *map(str, args)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{program} {args[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def evaluate(program, truth, scores):
    """The measures of `ledgerwatch evaluate`, and the family found least."""
    report = json.loads(run(program, "evaluate", truth, scores, "--json"))
    families = {family: found["recall_top_1pct"] for family, found in report["by_label"].items()}
    weakest = min(families, key=families.get)
    return {
        "planted": report["n_truth"],
        **{measure: report[measure] for measure in MEASURES},
        "weakest": weakest,
        "weakest_recall": families[weakest],
        "families": families,
    }


def score_prior_art(inbox, scores, out):
    """The program's rows with the prototype's scores and ranks, as a file `evaluate` reads."""
    rows = pd.read_csv(scores, dtype={"source": str, "sheet": str, "document_no": str}, keep_default_na=False)
    rows["amount"] = pd.to_numeric(rows.amount)
    rows["score"] = prior_art.scores(rows, inbox)
    rows["rank"] = rows.score.rank(method="first", ascending=False).astype(int)
    rows.to_csv(out, index=False)


def measure(program, institution, layout, rows, seed, clean):
    """One export, generated, scored and evaluated twice."""
    with tempfile.TemporaryDirectory(prefix="detect-quality-") as folder:
        folder = Path(folder)
        count, _ = generate(institution, folder, rows, seed, layout, clean)
        inbox, truth, scores, other = folder / "inbox", folder / "truth.csv", folder / "scores.csv", folder / "prior_art.csv"
        report = run(program, "score", inbox, "--out", scores)
        above = ABOVE_BAR.search(report)
        if above is None:
            sys.exit(f"score did not say how many rows reach the bar:\n{report}")
        result = {
            "institution": institution, "layout": layout, "seed": seed, "rows": count,
            "share_above_bar": int(above[1].replace(",", "")) / count,
        }  # fmt: skip
        if clean:
            return result
        score_prior_art(inbox, scores, other)
        return {**result, "ledgerwatch": evaluate(program, truth, scores), "prior_art": evaluate(program, truth, other)}


def cells_of(found):
    """Four cells: average precision, recall, precision, weakest family."""
    return [*(f"{found[measure]:.3f}" for measure in MEASURES), f"{found['weakest']} {found['weakest_recall']:.2f}"]


def table(results, clean):
    """The results as a Markdown table."""
    if clean:
        lines = ["| institution | layout | seed | rows | share at or above the bar |", "|---|---:|---:|---:|---:|"]
        return lines + [
            f"| {r['institution']} | {r['layout']} | {r['seed']} | {r['rows']:,} | {r['share_above_bar']:.3%} |" for r in results
        ]
    measures = "average precision | recall in the top 1 % | precision in the first 100 | weakest family"
    lines = [
        f"| institution | layout | seed | rows | planted | {measures} | prior art: {measures} |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---|",
    ]
    for r in results:
        head = [r["institution"], str(r["layout"]), str(r["seed"]), f"{r['rows']:,}", str(r["ledgerwatch"]["planted"])]
        lines.append("| " + " | ".join(head + cells_of(r["ledgerwatch"]) + cells_of(r["prior_art"])) + " |")
    means = [
        [f"{sum(r[side][m] for r in results) / len(results):.3f}" for m in MEASURES] for side in ("ledgerwatch", "prior_art")
    ]
    return lines + ["| mean | | | | | " + " | ".join(means[0]) + " | | " + " | ".join(means[1]) + " | |"]


def cases(args):
    """What to measure; without --layouts the sizes take turns through the layouts."""
    for place, institution in enumerate(args.institutions):
        for seed in args.seeds:
            if args.layouts:
                yield from ((institution, layout, rows, seed) for rows, layout in product(args.rows, args.layouts))
            else:
                yield from (
                    (institution, LAYOUTS[(place + turn) % len(LAYOUTS)], rows, seed) for turn, rows in enumerate(args.rows)
                )


def numbers(text):
    """A list of whole numbers, by commas."""
    return [int(part) for part in text.split(",")]


def arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=lambda text: str(Path(text).resolve()), help="the ledgerwatch binary")
    parser.add_argument("--rows", type=numbers, default=[20_000, 40_000, 100_000])
    parser.add_argument("--seeds", type=numbers, default=[1])
    parser.add_argument("--institutions", type=lambda text: text.split(","), default=list(INSTITUTIONS))
    parser.add_argument("--layouts", type=numbers, help="every size in each of these; else the sizes take turns")
    parser.add_argument("--clean", action="store_true", help="plant nothing and measure false alarms")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    unknown = set(args.institutions) - set(INSTITUTIONS) | set(args.layouts or []) - set(LAYOUTS)
    if unknown:
        parser.error(f"unknown: {', '.join(map(str, unknown))}")
    return args


def main():
    args, results = arguments(), []
    for institution, layout, rows, seed in cases(args):
        print(f"{institution} layout {layout} rows {rows} seed {seed} …", end=" ", file=sys.stderr, flush=True)
        result = measure(args.program, institution, layout, rows, seed, args.clean)
        results.append(result)
        if args.clean:
            print(f"{result['share_above_bar']:.3%} at or above the bar", file=sys.stderr)
        else:
            ours, theirs = result["ledgerwatch"], result["prior_art"]
            print(
                f"average precision {ours['average_precision']:.3f}, prior art {theirs['average_precision']:.3f}", file=sys.stderr
            )
    print(json.dumps(results, ensure_ascii=False, indent=2) if args.json else "\n".join(table(results, args.clean)))


if __name__ == "__main__":
    main()
