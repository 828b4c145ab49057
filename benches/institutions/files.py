"""What the exports of all institutions have in common: fields, files, workbooks and the truth.

Comes in: rows as the layouts format them. Goes out: files under `inbox/`, and `truth.csv` beside it.
Refuses: a folder that already holds an inbox, since old files would be read along with the new ones.
"""

import csv
from pathlib import Path

import xlsxwriter

FAMILIES = (
    "spike_recurring", "far_above_department", "small_repeated", "duplicate", "off_hours_card",
    "new_vendor_large", "unused_account", "foreign_text", "split_contract",
)  # fmt: skip


def quoted(text):
    """A CSV field, in quotes only where it must be, as ERPs write it."""
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


class Export:
    """The folder of one export and the planted rows written so far."""

    def __init__(self, out):
        self.out = Path(out)
        self.inbox = self.out / "inbox"
        self.inbox.mkdir(parents=True)
        self.truth = []

    def mark(self, file, sheet, row, label):
        """Remember a planted row; rows count from 1 as a reader of the file counts them. No label, nothing to remember."""
        if label:
            self.truth.append((file, sheet, row, label))

    def write_lines(self, file, lines, encoding):
        """A CSV file; what the encoding lacks becomes a question mark."""
        with open(self.inbox / file, "w", encoding=encoding, errors="replace", newline="") as target:
            target.writelines(f"{line}\r\n" for line in lines)

    def workbook(self, file):
        """An xlsx file, its texts taken as texts, its rows to be written in order."""
        options = {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
        return xlsxwriter.Workbook(str(self.inbox / file), options)

    def finish(self):
        """Write the truth; returns the number of planted rows by family."""
        with open(self.out / "truth.csv", "w", encoding="utf-8", newline="") as target:
            writer = csv.writer(target, lineterminator="\n")
            writer.writerow(("source", "sheet", "row", "label"))
            writer.writerows(self.truth)
        labels = [row[3] for row in self.truth]
        return {family: labels.count(family) for family in FAMILIES}


def write_cells(sheet, row, cells, formats=None):
    """One row of cells: numbers as numbers, the rest as text, empty ones not at all; `formats` by column."""
    formats = formats or {}
    for column, value in enumerate(cells):
        if value is None or value == "":
            continue
        write = sheet.write_number if isinstance(value, int) else sheet.write_string
        write(row, column, value, formats.get(column))
