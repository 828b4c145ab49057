"""The corporation itself: departments, staff, vendors, events, and which department spends how much on what.

Comes in: a number of rows (sizes the pools) and a seed. Goes out: the pieces of an ordinary payment.
Refuses: nothing; sizes are checked by `generate.py`.
"""

import random

import numpy as np

from ..days import date_of, is_off, ordinal
from ..payment import Payment
from .accounts import ACCOUNT_NAMES, ACCOUNTS, EVERY
from .texts import PEOPLE, business_number, make_name, person, typo
from .words import DEPARTMENTS, ENDINGS, EVENTS, FIRST_WORDS, PLACES, POOL_SIZES, SITES

FIRST_YEAR, YEARS = 2020, 5
FIRST_DAY, LAST_DAY = ordinal(FIRST_YEAR, 1, 1), ordinal(FIRST_YEAR + YEARS - 1, 12, 31)


def workday_before(day):
    """The last working day at or before the day, inside the five years."""
    day = min(int(day), LAST_DAY)
    while is_off(day):
        day -= 1
    return day


def workday(day):
    """The first working day at or after the day; past the end, the last one of the five years."""
    day = int(day)
    while is_off(day):
        day += 1
    return day if day <= LAST_DAY else workday_before(day)


class Fillers(dict):
    """What fills the placeholders of a text, drawn only when the text asks for it."""

    def __init__(self, world, dept, day, items, event, rng):
        super().__init__()
        self.world, self.dept, self.day, self.items_, self.event, self.rng = world, dept, day, items, event, rng

    def __missing__(self, key):
        rng, dept, date = self.rng, self.dept, date_of(self.day)
        draws = {
            "it": lambda: rng.choice(self.items_),
            "n": lambda: str(rng.randint(2, 15)),
            "n0": lambda: str(1000 + 37 * rng.randint(1, 9) + dept),
            "i": self.colleague,
            "m": lambda: str(date.month),
            "q": lambda: str((date.month + 2) // 3),
            "y": lambda: str(date.year),
            "dp": lambda: DEPARTMENTS[dept].name,
            "st": lambda: rng.choice(SITES[DEPARTMENTS[dept].group]),
            "pl": lambda: rng.choice(PLACES),
            "e": lambda: self.event or rng.choice(self.world.event_days[dept, date.year])[0],
        }
        return draws[key]()

    def colleague(self):
        """A member of the department, in full or masked."""
        staff = self.world.staff[self.dept]
        if self.rng.random() < 0.6:
            return self.rng.choice(staff)
        return self.rng.choice(staff)[0] + self.rng.choice(["○○", "OO", "모 외 1명"])


class World:
    """Departments, vendors, events and the pieces of a payment; departments and accounts are indexes."""

    def __init__(self, size, seed):
        self.size, self.scale, self.rows = size, size / 20000, []
        self.arrays, self.rng = np.random.default_rng([seed, 1]), random.Random(seed * 7919 + 1)
        self.staff = [[person(self.rng) for _ in range(int(4 + 4 * dept.volume))] for dept in DEPARTMENTS]
        self.vendor_name, self.vendor_number, self.vendor_factor, self.vendor_start, self.vendor_end = [], [], [], [], []
        self.names, self.pool, self.employees, self.event_days = set(), {}, [], {}
        self.make_vendors()
        self.make_events()
        self.make_weights()

    def make_vendors(self):
        """Vendors by trade; some appear or vanish in the course of the years. Employees are payees as well."""
        for trade in list(ENDINGS) + ["강사", "예술인"]:
            count = max(
                2 if trade in ("전력", "가스", "수도") else 5,
                int(
                    POOL_SIZES.get(trade, 12) * self.scale ** (0.15 if trade in ("전력", "가스", "수도", "통신", "보험") else 0.5)
                ),
            )
            self.pool[trade] = np.array(
                [
                    self.new_vendor(
                        trade,
                        self.rng,
                        -1 if self.rng.random() < 0.72 else self.rng.randint(1, YEARS - 1),
                        YEARS if self.rng.random() < 0.85 else self.rng.randint(1, YEARS - 1),
                    )
                    for _ in range(count)
                ]
            )
        for dept in range(len(DEPARTMENTS)):
            ids = []
            for name in self.staff[dept]:
                self.vendor_name.append(name)
                self.vendor_number.append("")
                self.vendor_factor.append(1.0)
                self.vendor_start.append(-1)
                self.vendor_end.append(YEARS)
                ids.append(len(self.vendor_name) - 1)
                self.names.add(name)
            self.employees.append(np.array(ids))

    def make_events(self):
        """Six events a year and department: name, day and spread."""
        for dept in range(len(DEPARTMENTS)):
            own = self.rng.sample(EVENTS, 6)
            for year in range(FIRST_YEAR, FIRST_YEAR + YEARS):
                names = self.rng.sample(own, 4) + self.rng.sample(EVENTS, 2)
                self.event_days[dept, year] = [
                    (
                        (
                            "제%d회 " % self.rng.randint(2, 19)
                            if self.rng.random() < 0.2
                            else str(year) + " "
                            if self.rng.random() < 0.35
                            else ""
                        )
                        + name,
                        ordinal(year, self.rng.choice([3, 4, 5, 5, 6, 7, 8, 9, 9, 10, 10, 11, 12]), self.rng.randint(3, 27)),
                        self.rng.choice([8, 15, 30]),
                    )
                    for name in names
                ]

    def make_weights(self):
        """Which departments use which accounts, since when, how much and on what level."""
        self.weights = np.zeros((len(DEPARTMENTS), len(ACCOUNTS)))
        self.first_year = np.zeros((len(DEPARTMENTS), len(ACCOUNTS)), int)
        self.rare = np.zeros((len(DEPARTMENTS), len(ACCOUNTS)), bool)
        for dept, (_name, volume, _level, _weekend, dept_year, group) in enumerate(DEPARTMENTS):
            for account, name in enumerate(ACCOUNT_NAMES):
                weight, groups, account_year, _ = ACCOUNTS[name]
                draw = self.arrays.random()
                if group in groups and draw < (0.94 if groups == EVERY else 0.84):
                    self.weights[dept, account] = weight * volume * np.exp(self.arrays.normal(0, 0.45))
                elif group not in groups and draw < 0.06:
                    self.weights[dept, account] = weight * volume * 0.02
                    self.rare[dept, account] = True
                self.first_year[dept, account] = max(dept_year, account_year)
                if self.weights[dept, account] and self.arrays.random() < 0.04:
                    self.first_year[dept, account] = max(self.first_year[dept, account], self.arrays.integers(1, 4))
        self.level = np.array(
            [
                [DEPARTMENTS[dept].level * np.exp(self.arrays.normal(0, 0.2)) for account in range(len(ACCOUNTS))]
                for dept in range(len(DEPARTMENTS))
            ]
        )

    def new_vendor(self, trade, rng, start=-1, end=YEARS, unique=False):
        """A vendor of the trade; its index."""
        for attempt in range(60):
            name = make_name(trade, rng)
            if attempt > 25 and trade not in PEOPLE:
                name = (
                    name.replace("(주)", "(주)" + rng.choice(FIRST_WORDS)) if "(주)" in name else rng.choice(FIRST_WORDS) + name
                )
            if name not in self.names or (attempt > 4 and (not unique) and (trade in PEOPLE)):
                break
        self.names.add(name)
        self.vendor_name.append(name)
        self.vendor_number.append("" if trade in PEOPLE else business_number(rng))
        self.vendor_factor.append(float(np.exp(rng.gauss(0, 0.22))))
        self.vendor_start.append(start)
        self.vendor_end.append(end)
        return len(self.vendor_name) - 1

    def describe(self, topic, dept, day, event=None, rng=None):
        """A description for a payment on the topic."""
        rng = rng or self.rng
        text = rng.choice(topic.texts).format_map(Fillers(self, dept, day, topic.items, event, rng))
        draw = rng.random()
        if draw < 0.015:
            text = typo(text, rng)
        elif draw < 0.03:
            text = text.replace(" ", "")
        elif draw < 0.04:
            text += rng.choice([" 지급", " 건", "(추가)", " 정산"])
        return text.strip() or "지출"

    def add(self, day, minute, dept, account, vendor, text, amount, card, label="", kind="n", contract=-1):
        """Record a payment."""
        self.rows.append(
            Payment(int(day), int(minute), dept, account, int(vendor), text, int(amount), int(card), "", kind, label, contract)
        )
