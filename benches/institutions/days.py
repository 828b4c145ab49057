"""Days as ordinals, and which of them are off.

Comes in: `config/kr_holidays.csv` (columns date, name). Goes out: tests and look-ups on day ordinals.
Refuses: to guess; without the holiday file nothing is generated.
"""

import csv
import datetime as dt
from functools import lru_cache
from pathlib import Path

HOLIDAY_FILE = Path(__file__).resolve().parents[2] / "config" / "kr_holidays.csv"


def read_holidays(path=HOLIDAY_FILE):
    """Ordinals of the public holidays."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        return frozenset(dt.date.fromisoformat(row["date"]).toordinal() for row in csv.DictReader(file))


HOLIDAYS = read_holidays()


@lru_cache(maxsize=None)
def date_of(day):
    """The date of an ordinal."""
    return dt.date.fromordinal(int(day))


def ordinal(year, month, day):
    """The ordinal of a date."""
    return dt.date(year, month, day).toordinal()


@lru_cache(maxsize=None)
def is_off(day):
    """Whether the day is a weekend or a public holiday."""
    return date_of(day).weekday() >= 5 or int(day) in HOLIDAYS


def month_days(year, month):
    """First ordinal of the month and its number of days."""
    first = ordinal(year, month, 1)
    return first, ordinal(year + month // 12, month % 12 + 1, 1) - first


def clock(minute):
    """A minute of the day as HH:MM."""
    return f"{minute // 60:02d}:{minute % 60:02d}"
