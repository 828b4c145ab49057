"""Write the spending exports of a made-up institution, with planted irregularities and the truth about them.

Comes in: institution, folder, number of rows, seed, layout. Goes out: exports under DIR/inbox and DIR/truth.csv (source,
sheet, row, label), and one line of counts. Refuses: a folder with an inbox in it, fewer than 5,000 rows (the families no
longer find their places), unknown institutions and layouts.

    python3 benches/institutions/generate.py --institution district|university|corporation --out DIR --rows N --seed S \
        --layout 1|2|3 [--clean]

Needs: pip install numpy xlsxwriter
"""

import argparse
import importlib
import sys
from pathlib import Path

INSTITUTIONS = ("district", "university", "corporation")
LAYOUTS = (1, 2, 3)
LEAST_ROWS = 5_000


def generate(institution, out, rows, seed, layout, clean=False):
    """Write one export; returns the number of rows and of planted rows by family."""
    folder = str(Path(__file__).resolve().parents[1])
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module(f"institutions.{institution}").generate(out, rows, seed, layout, clean)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--institution", required=True, choices=INSTITUTIONS)
    parser.add_argument("--out", required=True, type=Path, help="folder for inbox/ and truth.csv")
    parser.add_argument(
        "--rows", type=int, default=100_000, help="rows wanted, planted ones included; about that many are written"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--layout", type=int, default=1, choices=LAYOUTS)
    parser.add_argument("--clean", action="store_true", help="plant nothing; truth.csv holds only its header")
    args = parser.parse_args()
    if args.rows < LEAST_ROWS:
        parser.error(f"--rows must be at least {LEAST_ROWS}")
    if (args.out / "inbox").exists():
        parser.error(f"{args.out / 'inbox'} exists already")
    try:
        rows, planted = generate(args.institution, args.out, args.rows, args.seed, args.layout, args.clean)
    except ValueError as reason:
        sys.exit(f"{args.institution}: {reason}")
    families = ", ".join(f"{family} {count}" for family, count in planted.items())
    print(f"{args.institution}: {rows} rows, {sum(planted.values())} planted ({families})")


if __name__ == "__main__":
    main()
