"""The district office itself: departments, vendors, wordings, days and amounts.

Comes in: a number of rows (sizes the pools) and a seed. Goes out: the pieces of an ordinary payment.
Refuses: nothing; sizes are checked by `generate.py`.
"""

import bisect
import math
import random
from itertools import accumulate

from ..days import date_of, is_off, month_days, ordinal
from ..payment import Payment
from .accounts import ACCOUNTS, TRADE_WORDS, UTILITY_WORDS
from .words import DEPARTMENTS, DONGS, FILLERS, GIVEN_NAMES, PROJECTS, SURNAMES, SYLLABLES, TRADES, UTILITIES

FIRST_YEAR, YEARS = 2020, [2020, 2021, 2022, 2023, 2024]
YEAR_START = {year: ordinal(year, 1, 1) for year in range(2019, 2027)}
YEAR_END = {year: ordinal(year, 12, 31) for year in range(2019, 2027)}


def days_of(year, month):
    """Working days of the month, running sums of their weights (later days weigh more), and the days off."""
    first, length = month_days(year, month)
    working = [day for day in range(first, first + length) if not is_off(day)]
    weights = list(accumulate(1 + (day - first) / 30 * 0.7 for day in working))
    return working, weights, [day for day in range(first, first + length) if is_off(day)]


MONTH_DAYS = {(year, month): days_of(year, month) for year in YEARS for month in range(1, 13)}


def trades_of_text(account, text):
    """Trades a wording goes with on this account; empty when any does."""
    for ws, cs in TRADE_WORDS:
        if any(x in text for x in ws.split(" ") if x):
            z = [trade for trade in cs if trade in ACCOUNTS[account].categories]
            if z:
                return z
    return []


class World:
    """Departments, vendors and the pieces of a payment."""

    def __init__(self, n, seed):
        self.size, self.rng = n, random.Random(seed * 7919 + 11)
        self.names, self.vendor_name, self.vendor_number, self.vendor_trade, self.rows = set(), [], [], [], []
        self.pool, self.pool_weights = {}, {}
        scale = max(0.75, (n / 60000) ** 0.45)
        for trade in TRADES:
            self.pool[trade] = [self.new_vendor(trade) for _ in range(int(TRADES[trade][1] * (scale if trade != "util" else 1)))]
        for trade in TRADES:
            self.rng.shuffle(self.pool[trade])
            self.pool_weights[trade] = list(accumulate(1 / (i + 2) ** 0.9 for i in range(len(self.pool[trade]))))
        self.text_trades = {
            account: {text: trades_of_text(account, text) for text in spec.texts} for account, spec in ACCOUNTS.items()
        }
        self.utilities = sorted(self.pool["util"])
        self.favourites, self.parts, self.projects, self.staff, self.dept_size, self.level = {}, {}, {}, {}, {}, {}
        for dept, kind, size, year in DEPARTMENTS:
            self.projects[dept] = self.rng.sample(PROJECTS[kind], min(len(PROJECTS[kind]), self.rng.randint(3, 7)))
            self.staff[dept] = [self.new_vendor("staff") for _ in range(int(8 + 9 * size * scale**0.5))]
            self.dept_size[dept] = math.exp(self.rng.gauss(0, 0.3)) * size**0.45
        self.account_weight, self.first_year, self.early_stops = {}, {}, set()
        for dept, kind, size, year in DEPARTMENTS:
            for account, spec in ACCOUNTS.items():
                if kind in spec.kinds and (spec.weight >= 8 or self.rng.random() < (0.9 if len(spec.kinds) < 6 else 0.78)):
                    self.account_weight[dept, account] = (
                        size
                        * spec.weight
                        * math.exp(self.rng.gauss(0, 0.55))
                        * (0.012 if self.rng.random() < 0.05 and spec.weight < 8 else 1)
                    )
                    self.first_year[dept, account] = max(
                        year, spec.first_year, self.rng.choice([1, 2, 3, 4]) if self.rng.random() < 0.05 else 0
                    )
                    self.level[dept, account] = math.exp(self.rng.gauss(0, 0.32)) * (
                        self.dept_size[dept] if spec.median > 200000.0 else self.dept_size[dept] ** 0.4
                    )
                    for year_index in range(5):
                        if self.rng.random() < 0.12:
                            self.early_stops.add((dept, account, year_index))
        for text in {id(x): x for x in [spec.texts for spec in ACCOUNTS.values()]}.values():
            for x in text:
                self.parse(x)

    def parse(self, template):
        """A template as alternating literals and placeholders."""
        p = self.parts.get(template)
        if p is None:
            p = []
            for i, x in enumerate(template.split("{")):
                if i == 0:
                    p.append((0, x))
                else:
                    k, z = x.split("}", 1)
                    p.append((1, k))
                    p.append((0, z))
            self.parts[template] = p
        return p

    def new_vendor(self, trade):
        """A vendor of the trade with a fresh name and number; its index."""
        rng = self.rng
        if trade in ("person", "staff"):
            self.vendor_name.append(rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES))
            self.vendor_number.append("")
        else:
            if trade == "util" and len([x for x in self.vendor_trade if x == "util"]) < len(UTILITIES):
                name = UTILITIES[len([x for x in self.vendor_trade if x == "util"])]
            else:
                while True:
                    name = "".join(rng.choice(SYLLABLES) for _ in range(rng.choice((2, 2, 2, 3)))) + rng.choice(TRADES[trade][0])
                    if rng.random() < TRADES[trade][3]:
                        name = rng.choice(("(주)", "주식회사 ", "㈜", "(주)", "(유)")) + name
                    elif trade in ("welf", "assoc", "fee") and rng.random() < 0.3:
                        name = rng.choice(("사단법인 ", "(사)", "사회복지법인 ", "가온구 ")) + name
                    if trade == "meal" and rng.random() < 0.12:
                        name += " " + rng.choice(DONGS)[:2] + "점"
                    if name not in self.names:
                        break
            self.names.add(name)
            self.vendor_name.append(name)
            digits = (
                [rng.randint(1, 6)]
                + [rng.randint(0, 9) for _ in range(2)]
                + [8 if trade in ("util", "fee", "assoc") else rng.choice((0, 1, 2, 8))]
                + [rng.randint(0, 9) for _ in range(5)]
            )
            check = sum((a * b for a, b in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5)))) + digits[8] * 5 // 10
            digits.append((10 - check % 10) % 10)
            number = "".join(map(str, digits))
            self.vendor_number.append(f"{number[:3]}-{number[3:5]}-{number[5:]}")
        self.vendor_trade.append(trade)
        return len(self.vendor_name) - 1

    def vendor(self, dept, trade):
        """A vendor of the trade for this department: somebody new, one of its favourites or anybody."""
        rng = self.rng
        if trade == "staff":
            return rng.choice(self.staff[dept])
        draw = rng.random()
        once = TRADES[trade][2]
        if draw < once:
            vendor = self.new_vendor(trade)
            if rng.random() < 0.22:
                self.favourites.setdefault((dept, trade), []).append(vendor)
            return vendor
        known = self.favourites.get((dept, trade))
        if known is None:
            known = self.favourites[dept, trade] = [self.any_vendor(trade) for _ in range(rng.randint(3, 9))]
        if draw < once + 0.6:
            return known[min(int(rng.expovariate(0.45)), len(known) - 1)]
        return self.any_vendor(trade)

    def util(self, dept, text):
        """The utility the text speaks of; one department mostly keeps one office."""
        for word, first, last in UTILITY_WORDS:
            if word in text:
                return self.utilities[first + (len(dept) * 7 + ord(dept[0]) + (self.rng.random() < 0.1)) % (last - first)]
        return self.rng.choice(self.utilities[9:] or self.utilities)

    def text_and_vendor(self, dept, account):
        """A wording, a trade and a vendor that belong together."""
        spec, rng = ACCOUNTS[account], self.rng
        text = rng.choice(spec.texts)
        trades = self.text_trades[account][text]
        trade = (
            rng.choice(trades)
            if trades and rng.random() < 0.95
            else spec.categories[bisect.bisect(spec.cumulative, rng.random() * spec.cumulative[-1])]
        )
        if not trades and trade in ("person", "staff", "util") and (account in ("사무관리비", "공공운영비", "행사운영비")):
            trade = spec.categories[0] if spec.categories[0] != "util" else "maint"
        return text, trade, self.util(dept, text) if trade == "util" else self.vendor(dept, trade)

    def texts_for(self, account, vendor, rng):
        """Wordings of the account that suit this vendor."""
        trade = self.vendor_trade[vendor]
        z = [text for text, k in self.text_trades[account].items() if trade in k] or [
            text for text, k in self.text_trades[account].items() if not k
        ]
        return z or ACCOUNTS[account].texts

    def any_vendor(self, trade):
        """A vendor of the trade, well known ones more often."""
        return self.pool[trade][
            min(
                bisect.bisect(self.pool_weights[trade], self.rng.random() * self.pool_weights[trade][-1]),
                len(self.pool[trade]) - 1,
            )
        ]

    def fill(self, template, dept, day, fix=None, rng=None):
        """The template with its placeholders filled, now and then with a suffix or a slip of the pen."""
        rng = rng or self.rng
        out = []
        for is_key, key in self.parse(template):
            if not is_key:
                out.append(key)
                continue
            if fix and key in fix:
                out.append(fix[key])
                continue
            if key == "m":
                out.append(str(date_of(day).month))
            elif key == "n":
                out.append(str(rng.choice((2, 3, 3, 4, 5, 5, 6, 8, 10, 12, 15, 20, 30))))
            elif key == "pj":
                out.append(rng.choice(self.projects[dept]))
            elif key == "q":
                out.append(str((date_of(day).month + 2) // 3))
            elif key == "y":
                out.append(str(date_of(day).year))
            elif key == "who":
                out.append(
                    rng.choice(SURNAMES) + rng.choice(("OO", "○○", "*" + rng.choice(GIVEN_NAMES)[1], rng.choice(GIVEN_NAMES)))
                )
            elif key == "no":
                out.append(str(rng.randint(1000, 9999)))
            elif key in ("pl", "dong") and dept.split(" ")[0] in DONGS and (rng.random() < 0.75):
                out.append(dept.split(" ")[0] if key == "dong" or rng.random() < 0.5 else dept)
            else:
                out.append(rng.choice(FILLERS[key]))
        text = "".join(out)
        if rng.random() < 0.22 and len(text) < 28:
            text += rng.choice(
                (
                    " 건",
                    " 지급",
                    f"({date_of(day).month}월)",
                    f"({rng.choice(DONGS)})",
                    " 지출",
                    f" {rng.choice(SURNAMES)}주무관",
                    f" [{rng.choice('ABCHJKLMS')}{rng.choice('HJKMSY')}]",
                    f" {rng.randint(1, 4)}차",
                    " 결의",
                    f"_{rng.choice(self.projects[dept])}",
                )
            )
        if rng.random() < 0.012:
            i = rng.randrange(1, len(text) - 1)
            text = text[:i] + (text[i + 1 :] if rng.random() < 0.5 else text[i + 1] + text[i] + text[i + 2 :])
        if rng.random() < 0.02:
            text = text.replace(" ", "", 1)
        return text

    def random_day(self, year, month):
        """A working day of the month, later ones more likely."""
        days, sums, _ = MONTH_DAYS[year, month]
        return days[min(bisect.bisect(sums, self.rng.random() * sums[-1]), len(days) - 1)]

    def workday(self, day, year):
        """The first working day at or after the day, inside the year."""
        day = max(YEAR_START[year], min(day, YEAR_END[year]))
        while is_off(day):
            day += 1
        if day > YEAR_END[year]:
            day = YEAR_END[year]
            while is_off(day):
                day -= 1
        return day

    def round_amount(self, amount, unit):
        """The amount as invoices round it."""
        rng = self.rng
        if amount > 3000000.0 and unit < 1000 and (rng.random() < 0.5):
            unit = 1000 if rng.random() < 0.6 else 10000
        elif rng.random() < 0.2:
            unit *= 10
        return int(max(unit, round(amount / unit) * unit))

    def amount(self, dept, account, year_index):
        """An ordinary amount of the department on the account, in won."""
        spec, rng = ACCOUNTS[account], self.rng
        if account == "국내여비":
            return (
                rng.choice((10000, 20000, 20000, 20000, 40000, 40000, 60000, 45000 + 5000 * year_index, 65000, 110000, 135000))
                if rng.random() < 0.8
                else int(round(rng.lognormvariate(math.log(160000), 0.6), -2))
            )
        z = self.rng.gauss(0, spec.sigma)
        z = z * 1.25 if rng.random() < 0.06 else z
        amount = spec.median * self.level.get((dept, account), 1) * math.exp(z) * 1.028**year_index
        if "업무추진비" in account:
            if rng.random() < 0.5:
                amount = rng.randint(2, 14) * rng.choice((8000, 9000, 10000, 11000, 12000, 15000, 20000)) + (
                    rng.choice((0, 3000, 5000)) if rng.random() < 0.3 else 0
                )
            return int(min(max(round(amount / spec.unit) * spec.unit, 4500), 490000 if rng.random() < 0.97 else 900000))
        if account == "기타보상금" and rng.random() < 0.55:
            return rng.choice((50000, 70000, 100000, 100000, 140000, 150000, 200000, 200000, 280000, 300000))
        if (
            amount > 17000000.0
            and amount < 24000000.0
            and (account in ("시설비", "연구용역비", "전산개발비", "자산및물품취득비"))
            and (rng.random() < 0.35)
        ):
            amount = rng.choice((19800000, 21780000, 19500000, 18700000, 20900000, 22000000 * rng.uniform(0.8, 0.995)))
        if amount > 200000.0 and rng.random() < 0.25:
            return int(round(amount / 11 / spec.unit) * 11 * spec.unit) or spec.unit
        return self.round_amount(amount, spec.unit)

    def time(self, account, card, off):
        """A minute of the day."""
        rng = self.rng
        if not card:
            return min(max(int(rng.gauss(870, 140)), 525), 1150) if rng.random() < 0.98 else rng.randint(1150, 1290)
        late = ACCOUNTS[account].late_rate * (1.5 if off else 1)
        if rng.random() < late:
            return rng.randint(1320, 1439)
        if "업무추진비" in account or rng.random() < 0.12:
            return int(rng.gauss(745, 28)) if rng.random() < 0.7 else min(int(rng.gauss(1165, 45)), 1310)
        return min(max(int(rng.gauss(850, 160)), 500), 1300)

    def add(self, day, dept, account, vendor, text, amount, card, project, kind, contract=0, minute=None):
        """Record a payment."""
        self.rows.append(
            Payment(
                day,
                self.time(account, card, is_off(day)) if minute is None else minute,
                dept,
                account,
                vendor,
                text,
                amount,
                card,
                project,
                kind,
                "",
                contract,
            )
        )
