"""What the planted families of the university share: where and when a case may be put.

Comes in: the world with its ordinary payments. Goes out: draws of a pair, a unit, a day, a known vendor.
Refuses: pairs with fewer than twelve ordinary payments, days of the first year, vendors not paid before.
"""

import random
from bisect import bisect
from collections import Counter, defaultdict
from itertools import accumulate

from ..payment import Payment
from .accounts import ACCOUNTS
from .world import LAST_DAY, workday, year_start

LATE = year_start(2021) + 5  # nothing is planted before
LEAST_PAYMENTS = 12
NEVER = 10**9


class Planting:
    """Indexes over the ordinary payments and the draws that use them; a pair is (department, account) by index."""

    def __init__(self, world, seed):
        self.world, self.rows, self.rng = world, world.rows, random.Random(seed * 104729 + 5)
        self.night = not world.without_time
        self.planted, self.changes, self.used, self.duplicated, self.spiked = [], [], set(), set(), Counter()
        self.row_count, self.levels = len(self.rows), {}
        self.index_payments()
        self.plain = {pair: [i for i in rows if self.rows[i].contract < 0] for pair, rows in self.pairs.items()}
        self.plain = {pair: rows for pair, rows in self.plain.items() if len(rows) >= LEAST_PAYMENTS}
        self.plain_pairs = sorted(self.plain)
        self.pair_sums = list(accumulate(len(self.plain[pair]) ** 0.6 for pair in self.plain_pairs))
        self.long_series = [
            number for number, rows in sorted(self.series.items()) if len(rows) >= 8 and self.spikes_show(rows[0])
        ]
        self.series_rows = [i for rows in self.series.values() for i in rows]
        self.by_account = defaultdict(list)
        for pair in self.plain_pairs:
            self.by_account[pair[1]].append(pair)
        self.unused_pairs, self.next_unused = self.find_unused_pairs(), 0

    def index_payments(self):
        """Payments by pair, contract, vendor and amount."""
        self.pairs, self.series, self.by_vendor = defaultdict(list), defaultdict(list), defaultdict(list)
        self.first_paid, self.dept_payments, self.vendor_payments, self.account_depts = (
            {},
            Counter(),
            defaultdict(Counter),
            defaultdict(set),
        )
        for i, payment in enumerate(self.rows):
            self.by_vendor[payment.vendor, payment.amount].append(payment.day)
            if payment.amount <= 0:
                continue
            dept, account = payment.spender.dept.index, payment.account.index
            self.pairs[dept, account].append(i)
            self.first_paid.setdefault(payment.vendor, payment.day)
            self.dept_payments[dept] += 1
            self.vendor_payments[account][payment.vendor] += 1
            self.account_depts[account].add(dept)
            if payment.contract >= 0:
                self.series[payment.contract].append(i)

    def spikes_show(self, i):
        """Whether a spike in the contract of this payment would be worth looking at: not tiny, not once a year."""
        return self.rows[i].amount >= 15000 and self.rows[i].kind != "yearly"

    def find_unused_pairs(self):
        """Accounts that a busy department never uses though several others do."""
        ordinary = {pair[1] for pair in self.plain_pairs}
        return [
            (dept.index, account.index)
            for dept in self.world.departments
            for account in ACCOUNTS
            if (dept.index, account.index) not in self.pairs
            and self.dept_payments[dept.index] >= 60
            and len(self.account_depts[account.index]) >= 3
            and account.index in ordinary
        ]

    def pair(self, fits):
        """A pair whose account fits, busier ones more often."""
        for _ in range(400):
            pair = self.plain_pairs[
                min(bisect(self.pair_sums, self.rng.random() * self.pair_sums[-1]), len(self.plain_pairs) - 1)
            ]
            if fits(ACCOUNTS[pair[1]]):
                return pair
        raise ValueError("no department uses an account this family is planted on; ask for more rows")

    def stats(self, pair):
        """Median, 90th percentile, maximum and lower quartile of the pair's ordinary amounts."""
        if pair not in self.levels:
            amounts = sorted(self.rows[i].amount for i in self.plain[pair])
            n = len(amounts)
            self.levels[pair] = (amounts[n // 2], amounts[int(n * 0.9)], amounts[-1], amounts[n // 4])
        return self.levels[pair]

    def when(self, unit, account, lead=0):
        """A working day in the unit's life with `lead` days after it, or None."""
        start = max(unit.start + 5, LATE, year_start(account.first_year) + 5)
        end = min(unit.end, LAST_DAY) - 5 - lead
        return workday(self.rng.randrange(start, end)) if end > start else None

    def unit_of(self, pair, account, lead=0):
        """A unit that has used the pair and lives long enough, or None."""
        for _ in range(12):
            payment = self.rows[self.rng.choice(self.plain[pair])]
            if self.when(payment.spender, account, lead=lead):
                return payment.spender
        return None

    def known(self, pair, account, day, least=3):
        """A vendor of the pair, or else of the account, first paid three weeks before the day; None when there is none."""
        for _ in range(25):
            vendor = self.rows[self.rng.choice(self.plain[pair])].vendor
            if self.first_paid.get(vendor, NEVER) < day - 20 and self.vendor_payments[account.index][vendor] >= least:
                return vendor
        vendors = [vendor for vendor in self.vendor_payments[account.index] if self.first_paid[vendor] < day - 20]
        return self.rng.choice(vendors) if vendors else None

    def put(self, day, minute, unit, account, vendor, text, amount, card, label):
        """Record a planted payment."""
        self.planted.append(Payment(day, minute, unit, account, vendor, text, int(amount), card, "", "", label, -1))

    def family(self, plant, wanted):
        """Plant until the wanted number is reached or the draws are used up."""
        planted = tries = 0
        while planted < wanted and tries < wanted * 60 + 200:
            planted += plant(wanted - planted) or 0
            tries += 1
