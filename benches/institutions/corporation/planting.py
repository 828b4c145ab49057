"""What the planted families of the corporation share: where and when a case may be put.

Comes in: the world with its ordinary payments. Goes out: draws of a cell, a day, a vendor, a topic.
Refuses: cells (a department on an account) with fewer than 25 ordinary payments.
"""

import random
from collections import Counter, defaultdict
from typing import NamedTuple

import numpy as np

from ..days import date_of, ordinal
from .accounts import ACCOUNT_NAMES, ACCOUNTS
from .words import DEPARTMENTS
from .world import FIRST_YEAR, YEARS, workday

LEAST_PAYMENTS = 25
LIVELY_DAYS = 500  # a vendor not paid for longer is no longer known


class Levels(NamedTuple):
    """Ordinary amounts of a cell."""

    count: int
    median: float
    high: float  # the 99.5th percentile


class Planting:
    """Indexes over the ordinary payments, taken once before anything is planted, and the draws that use them."""

    def __init__(self, world, seed, layout):
        self.world, self.layout, self.rng = world, layout, random.Random(seed * 104729 + 5)
        self.placed = set()
        self.trade_vendors = {trade: set(pool.tolist()) for trade, pool in world.pool.items()}
        amounts, paid, self.first_paid, self.last_paid = defaultdict(list), defaultdict(Counter), {}, {}
        for payment in world.rows:
            cell = (payment.spender, payment.account)
            paid[cell][payment.vendor] += 1
            self.first_paid[payment.vendor] = min(payment.day, self.first_paid.get(payment.vendor, payment.day))
            self.last_paid[payment.vendor] = max(payment.day, self.last_paid.get(payment.vendor, payment.day))
            if payment.amount > 0 and payment.kind in ("n", "h"):
                amounts[cell].append(payment.amount)
        self.used_pairs = set(paid)
        self.vendors = {cell: sorted(counts.items()) for cell, counts in paid.items()}
        self.levels = {
            cell: Levels(len(values), float(np.median(values)), float(np.quantile(values, 0.995)))
            for cell, values in sorted(amounts.items())
        }
        self.cells = [cell for cell, levels in self.levels.items() if levels.count >= LEAST_PAYMENTS]
        self.single_payments, self.contract_payments = self.payments_to_repeat()

    def after_first_year(self):
        """Index and payment of everything paid after the first year, refunds left out."""
        for index, payment in enumerate(self.world.rows):
            if payment.amount > 0 and date_of(payment.day).year > FIRST_YEAR:
                yield index, payment

    def payments_to_repeat(self):
        """Payments whose vendor and amount come once, and payments under contracts."""
        equal = Counter((payment.vendor, payment.amount) for payment in self.world.rows if payment.amount > 0)
        single, contract = [], []
        for index, payment in self.after_first_year():
            if payment.kind == "r":
                contract.append(index)
            elif payment.kind in ("n", "i") and payment.amount >= (150_001 if payment.card else 50_000):
                if equal[payment.vendor, payment.amount] == 1:
                    single.append(index)
        return single, contract

    def late_contract_payments(self):
        """Payments under contracts that have at least six before them."""
        before, found = Counter(), []
        for index, payment in enumerate(self.world.rows):
            if payment.kind == "r" and payment.amount > 0:
                if before[payment.contract] >= 6 and date_of(payment.day).year > FIRST_YEAR:
                    found.append(index)
                before[payment.contract] += 1
        return found

    def random_day(self, dept, account, least=1):
        """A working day when department and account exist."""
        year = self.rng.randint(max(least, self.world.first_year[dept, account], DEPARTMENTS[dept].first_year), YEARS - 1)
        return workday(ordinal(FIRST_YEAR + year, self.rng.choice(range(1, 13)), self.rng.randint(1, 28)))

    def cell(self, names, least=LEAST_PAYMENTS):
        """A cell on one of the accounts."""
        cells = [
            (dept, account)
            for dept, account in self.cells
            if ACCOUNT_NAMES[account] in names
            and self.levels[dept, account].count >= least
            and max(self.world.first_year[dept, account], 0) < YEARS - 1
        ]
        if not cells:
            raise ValueError("no department uses an account this family is planted on; ask for more rows")
        return self.rng.choice(cells)

    def known(self, dept, account, day, rare=False):
        """A vendor this department has already paid on this account; `rare` draws from the less paid half."""
        vendors = self.vendors[dept, account]
        lively = [(v, n) for v, n in vendors if self.first_paid[v] < day and self.last_paid[v] > day - LIVELY_DAYS]
        vendors = lively or vendors
        if rare:
            return self.rng.choice(sorted(vendors, key=lambda pair: pair[1])[: max(3, len(vendors) // 2)])[0]
        return self.rng.choices([v for v, _ in vendors], [n for _, n in vendors])[0]

    def topic(self, account):
        """A topic of the account by its weight."""
        topics = ACCOUNTS[ACCOUNT_NAMES[account]].topics
        return self.rng.choices(topics, [topic.weight for topic in topics])[0]

    def topics_for(self, account, vendor):
        """Topics of the account that the vendor's trade serves."""
        topics = ACCOUNTS[ACCOUNT_NAMES[account]].topics
        return [topic for topic in topics if topic.trade != "직원" and vendor in self.trade_vendors[topic.trade]]

    def known_topic(self, dept, account, day):
        """A known vendor and a topic, one that suits the vendor if there is any."""
        vendor, topic = self.known(dept, account, day), self.topic(account)
        topics = self.topics_for(account, vendor)
        return vendor, (self.rng.choice(topics) if topics else topic)
