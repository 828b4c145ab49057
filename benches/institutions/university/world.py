"""The university itself: departments, the units that spend, vendors, days and amounts.

Comes in: a number of rows (sizes departments and pools) and a seed. Goes out: the pieces of an ordinary payment.
Refuses: nothing; sizes are checked by `generate.py`.
"""

import math
import random
import re
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate

from ..days import date_of, is_off, ordinal
from ..payment import Payment
from .accounts import ACCOUNTS
from .texts import describe, make_name, person, round_amount
from .words import (
    ADMINISTRATION,
    BUILDINGS,
    COLLEGES,
    EVENTS,
    FIXED_VENDORS,
    NAME_ENDINGS,
    PROJECT_ENDS,
    PROJECT_TOPICS,
    PROJECT_TRAITS,
    RESEARCH,
    STUDENTS,
)

FIRST_DAY, LAST_DAY = ordinal(2020, 3, 1), ordinal(2025, 2, 28)


@dataclass(slots=True, eq=False)
class Department:
    """A department of one of the types A S C R F L D (administration, students, college, research, facilities, library, dormitory)."""

    name: str
    type: str
    level: float  # of its amounts, as a logarithm
    weights: list  # by account
    size: float
    start: int
    end: int
    account_levels: dict
    index: int
    units: list = field(default_factory=list)
    unit_sums: list = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Unit:
    """What spends inside a department: a laboratory, a project, an office."""

    dept: Department
    dept_name: str
    leader: str
    project: str
    lab: str
    start: int
    end: int
    is_project: bool
    level: float
    off_hours: float  # how much it works on days off
    favourites: dict  # vendors by account
    habits: dict  # usual amounts by account
    card_number: str
    buildings: list
    weight: float
    clerk: str
    index: int
    account_sums: list  # running weights of the accounts


def fiscal_year(day):
    """The fiscal year of the day; it begins in March."""
    date = date_of(day)
    return date.year if date.month >= 3 else date.year - 1


def year_start(year):
    """First day of the fiscal year."""
    return ordinal(year, 3, 1)


def workday(day):
    """The first working day at or after the day, inside the five years."""
    while is_off(day):
        day += 1
    return day if day <= LAST_DAY else LAST_DAY


class World:
    """Departments, units, vendors and the pieces of a payment."""

    def __init__(self, size, seed):
        self.size, self.rng, self.rows = size, random.Random(seed * 7919 + 11), []
        self.vendor_name, self.vendor_number, self.vendor_trade, self.names = [], [], [], {}
        self.breadth = max(0.0, min(1.0, math.log10(size / 20000) / 1.7))
        self.make_departments()
        self.make_vendors()
        self.make_units()

    def make_departments(self):
        """Departments, more of them the larger the university; a few begin late, one is dissolved."""
        rng, breadth = self.rng, self.breadth
        some = lambda names, least: names[: least + round((len(names) - least) * breadth)]
        departments = (
            [(dept, "A") for dept in some(ADMINISTRATION, 9)]
            + [(dept, "S") for dept in some(STUDENTS, 2)]
            + [(dept, "C") for dept in some(COLLEGES, 7)]
            + [(dept, "R") for dept in some(RESEARCH, 6)]
        )
        departments += [("사무국 시설과", "F"), ("중앙도서관", "L"), ("생활관 행정실", "D")]
        size = {"A": 0.6, "S": 1.1, "C": 1.5, "R": 2.4, "F": 1.7, "L": 1.0, "D": 1.1}
        self.departments = []
        late = set(rng.sample([index for index, x in enumerate(departments) if x[1] in "ARC" and index > 2], 3))
        for index, (name, type_) in enumerate(departments):
            level = rng.gauss(0, 0.45) + {"A": 0, "S": 0.05, "C": 0.1, "R": 0.2, "F": 0.35, "L": 0.1, "D": 0.1}[type_]
            weights = []
            for account in ACCOUNTS:
                weight = account.weights[type_]
                if re.match("인문|사회과|경영|법학|자율|지역", name) and account.name in (
                    "연구재료비",
                    "시험분석료",
                    "실험실습비",
                    "안전관리비",
                    "의료비",
                ):
                    weight *= 0.04 if rng.random() < 0.5 else 0
                weights.append(
                    0 if weight == 0 or rng.random() < (0.24 if weight < 3 else 0.06) else weight * math.exp(rng.gauss(0, 0.6))
                )
            self.departments.append(
                Department(
                    name=name,
                    type=type_,
                    level=level,
                    weights=weights,
                    size=size[type_] * math.exp(rng.gauss(0, 0.75)),
                    start=year_start(rng.choice([2021, 2022, 2023])) + rng.choice([0, 0, 31, 184])
                    if index in late
                    else FIRST_DAY,
                    end=LAST_DAY,
                    account_levels={},
                    index=index,
                )
            )
        dept = self.departments[rng.choice([x.index for x in self.departments if x.type == "A" and x.start == FIRST_DAY][3:])]
        dept.end = year_start(2023) + 183

    def new_vendor(self, rng, trade):
        """A vendor of the trade; its index."""
        for _ in range(30):
            name = make_name(rng, trade)
            if trade == "person" or name not in self.names:
                break
            if trade in FIXED_VENDORS:
                return self.names[name]
        else:
            name = name + rng.choice("가나다라마바사") + rng.choice("산원진성호")
        vendor = len(self.vendor_name)
        self.vendor_name.append(name)
        self.vendor_trade.append(trade)
        self.names.setdefault(name, vendor)
        self.vendor_number.append(
            ""
            if trade == "person"
            else "%03d-%02d-%05d"
            % (rng.randrange(101, 690), rng.choice([81, 81, 86, 87, 82, 5, 12, 21, 34, 90]), rng.randrange(100000))
        )
        return vendor

    def make_vendors(self):
        """Vendors by trade, the first of each better known."""
        rng, size = self.rng, self.size
        self.pool = {}
        for trade in ["food", "cafe", "person"] + list(NAME_ENDINGS) + list(FIXED_VENDORS):
            count = (
                len(FIXED_VENDORS[trade])
                if trade in FIXED_VENDORS
                else int({"food": 1.2, "person": 2.2}.get(trade, 0.42) * size**0.55) + 6
            )
            members = list(
                dict.fromkeys(self.new_vendor(rng, trade) for _ in range(count * (3 if trade in FIXED_VENDORS else 1)))
            )
            rng.shuffle(members)
            slope = 0.55 if trade == "person" else 0.9
            self.pool[trade] = (members, list(accumulate((i + 1.5) ** (-slope) for i in range(len(members)))))

    def pick(self, rng, trade):
        """A vendor of the trade, well known ones more often."""
        members, sums = self.pool[trade]
        return members[min(bisect(sums, rng.random() * sums[-1]), len(members) - 1)]

    def make_units(self):
        """Units that spend: laboratories, projects, offices."""
        rng = self.rng
        total = max(60, int(self.size / 420))
        size_sum = sum(dept.size * (1.8 if dept.type in "RC" else 0.5) for dept in self.departments)
        self.units = []
        for dept in self.departments:
            count = max(2, round(total * dept.size * (1.8 if dept.type in "RC" else 0.5) / size_sum))
            dept.units = []
            for number in range(count):
                leader = person(rng)
                start, end = dept.start, dept.end
                is_project = dept.type == "R" or (dept.type == "C" and rng.random() < 0.5)
                if is_project and number > 0:
                    for _ in range(20):
                        first = rng.randrange(FIRST_DAY - 1300, LAST_DAY - 200)
                        end = min(dept.end, first + rng.choice([365, 730, 730, 1095, 1095, 1500]))
                        start = max(dept.start, first)
                        if end - start >= 120:
                            break
                    else:
                        start, end, is_project = dept.start, dept.end, False
                else:
                    is_project = False
                project, lab = self.project_name(start), self.lab_name(dept, leader)
                if dept.type not in "RC":
                    project = rng.choice(EVENTS) if rng.random() < 0.6 else f"{dept.name.split()[-1]} 운영"
                unit = Unit(
                    dept=dept,
                    dept_name=dept.name,
                    leader=leader,
                    project=project,
                    lab=lab,
                    start=start,
                    end=end,
                    is_project=is_project,
                    level=rng.gauss(0, 0.25),
                    off_hours=rng.choices([0, 0.6, 5], [0.55, 0.33, 0.12])[0],
                    favourites={},
                    habits={},
                    card_number=f"{rng.choice([5409, 4579, 9490, 5525])}-****-****-{rng.randrange(10000):04d}",
                    buildings=rng.sample(BUILDINGS, 4) if dept.type not in "FD" else BUILDINGS,
                    weight=math.exp(rng.gauss(0, 0.9)),
                    clerk=person(rng),
                    index=len(self.units),
                    account_sums=list(accumulate(w * math.exp(rng.gauss(0, 0.5)) for w in dept.weights)),
                )
                dept.units.append(unit)
                self.units.append(unit)
            dept.unit_sums = list(accumulate(unit.weight * (unit.end - unit.start) for unit in dept.units))
        self.department_sums = list(accumulate(dept.size * (dept.end - dept.start) for dept in self.departments))

    def project_name(self, start):
        """A project, in full, in short or by its number."""
        rng = self.rng
        name = rng.choice(PROJECT_TRAITS) + " " + rng.choice(PROJECT_TOPICS) + " " + rng.choice(PROJECT_ENDS)
        if rng.random() < 0.5:
            return name
        return name.split(" ", 1)[1] if rng.random() < 0.6 else f"과제{date_of(start).year}-{rng.randrange(9999):04d}"

    def lab_name(self, dept, leader):
        """A laboratory by its leader or its topic; offices go by their own name."""
        rng = self.rng
        if dept.type not in "RC":
            return dept.name.split()[-1]
        if rng.random() < 0.5:
            return leader + "교수 연구실"
        if rng.random() < 0.3:
            return leader[0] + rng.choice("KLSHJ") + "랩"
        return rng.choice(PROJECT_TOPICS).split()[0] + "연구실"

    def vendor(self, rng, unit, account):
        """Somebody new, one of the unit's usual vendors, or anybody of the trade."""
        draw = rng.random()
        if draw < account.once_share:
            trade = rng.choice(account.trades)
            if trade not in FIXED_VENDORS:
                return self.new_vendor(rng, trade)
        known = unit.favourites.get(account.index)
        if known is None:
            known = unit.favourites[account.index] = [
                self.pick(rng, rng.choice(account.trades))
                for _ in range(rng.choice([1, 2, 2, 3, 4]) + (3 if account.trades[0] == "person" else 0))
            ]
        return known[int(len(known) * rng.random() ** 1.6)] if rng.random() < 0.62 else self.pick(rng, rng.choice(account.trades))

    def level(self, unit, account):
        """Logarithm of the unit's usual amount on the account."""
        dept = unit.dept
        offset = dept.account_levels.get(account.index)
        if offset is None:
            offset = dept.account_levels[account.index] = self.rng.gauss(0, 0.3)
        return account.log_median + (dept.level if account.sigma > 0.65 else dept.level * 0.4) + offset + unit.level

    def amount(self, rng, unit, account, day):
        """An ordinary amount, in won."""
        if rng.random() < account.habit_share:
            usual = unit.habits.get(account.index)
            if usual is None:
                level = math.exp(self.level(unit, account))
                if account.trades[0] == "food":
                    usual = [
                        rng.choice([8000, 9000, 10000, 11000, 12000, 15000]) * max(2, round(level * f / 11000))
                        for f in (0.6, 1, 1.3)
                    ]
                elif account.trades[0] == "person":
                    step = 50000 if level > 150000 else 10000
                    usual = [max(step, round(level * f / step) * step) for f in (0.5, 1, 1, 1.5)]
                else:
                    usual = [round_amount(rng, level * f) for f in (0.5, 0.8, 1.2)]
                unit.habits[account.index] = usual
            return rng.choice(usual)
        sigma = account.sigma * (1.75 if rng.random() < 0.025 else 1)
        z = rng.gauss(0, 1)
        z = min(z, 3.1)
        return round_amount(rng, math.exp(self.level(unit, account) + sigma * z + 0.03 * (fiscal_year(day) - 2020)))

    def date(self, rng, unit, account):
        """An ordinary day, or None when the unit does not exist long enough."""
        start = max(unit.start, year_start(account.first_year) if account.first_year > 2020 else FIRST_DAY)
        end = min(unit.end, LAST_DAY)
        if start >= end - 5:
            return None
        if unit.is_project and rng.random() < 0.22:
            return rng.randrange(max(start, end - 50), end + 1)
        for _ in range(40):
            day = rng.randrange(start, end + 1)
            date = date_of(day)
            month = date.month
            weight = (
                (account.month_sums[month - 1] - (account.month_sums[month - 2] if month > 1 else 0))
                * (1.0 + (0.6 if month in (2, 12) and date.day > 15 else 0))
                / 3.6
            )
            if fiscal_year(day) == 2020:
                weight *= account.pandemic
            elif fiscal_year(day) == 2021:
                weight *= (account.pandemic + 1) / 2
            if rng.random() < weight * (0.82 + 0.045 * (fiscal_year(day) - 2020)):
                return day
        return day

    def clock(self, rng, account, card, late=False):
        """A minute of the day."""
        if late:
            return rng.choice([rng.randrange(22 * 60 + 15, 24 * 60), rng.randrange(22 * 60 + 15, 24 * 60), rng.randrange(0, 210)])
        if card and account.trades[0] == "food":
            draw = rng.random()
            if account.name == "특근매식비":
                return int(min(max(rng.gauss(18.7, 0.6), 17.2), 21.3) * 60 + rng.random() * 20)
            return (
                int(rng.gauss(12.5, 0.4) * 60)
                if draw < 0.62
                else int(min(rng.gauss(18.8, 0.75), 21.4) * 60)
                if draw < 0.87
                else rng.randrange(9 * 60, 17 * 60)
            )
        return int(min(max(rng.gauss(13.6, 2.6), 8.6), 18.6 if rng.random() < 0.96 else 20.5) * 60 + rng.random() * 15)

    def add(self, day, minute, unit, account, vendor, text, amount, card, contract=-1, label="", kind=""):
        """Record a payment."""
        self.rows.append(Payment(day, minute, unit, account, vendor, text, int(amount), card, "", kind, label, contract))

    def pay(self, rng, unit, account, day, known_vendor=None, amount=None, text=None):
        """Record an ordinary payment; what is not given is drawn. Returns its day."""
        if amount is None:
            amount = self.amount(rng, unit, account, day)
        vendor = self.vendor(rng, unit, account) if known_vendor is None else known_vendor
        card = (
            1
            if rng.random()
            < (
                account.card_share
                if amount < 1500000
                else account.card_share * 0.45
                if amount < 4000000
                else account.card_share * 0.04
            )
            and self.vendor_trade[vendor] != "person"
            else 0
        )
        off_hours = account.off_hours * unit.off_hours
        late = card and rng.random() < (off_hours * 0.18 if account.off_hours > 0.01 else off_hours * 0.05)
        if not (card and is_off(day) and (rng.random() < min(0.9, off_hours * 2.6))):
            day = workday(day)
        self.add(
            day,
            self.clock(rng, account, card, late),
            unit,
            account,
            vendor,
            describe(rng, unit, account, day, amount, self.vendor_name[vendor] if self.vendor_trade[vendor] == "person" else None)
            if text is None
            else text,
            amount,
            card,
        )
        return day
