"""What the planted families of the district office share: what may be changed, and where a case may be put.

Comes in: the world with its ordinary payments. Goes out: draws of payments and days, the labelled payments.
Refuses: payments of the first year, refunds, and those already used.
"""

import random

from ..days import date_of
from ..payment import Payment
from .world import FIRST_YEAR, MONTH_DAYS, YEAR_END

DRAWS = 3000
MONTH_WEIGHTS = (0.6, 0.8, 1, 1, 1, 1, 1, 0.9, 1, 1, 1.1, 1.3)


class Planting:
    """Indexes over the ordinary payments, a pair being (department, account), and the draws that use them."""

    def __init__(self, world, seed, layout):
        self.world, self.rng, self.layout = world, random.Random(seed * 104729 + 5), layout
        self.rows, self.used, self.planted = world.rows, set(), []
        self.by_pair, self.by_contract = {}, {}
        for index, payment in enumerate(self.rows):
            if payment.amount > 0:
                self.by_pair.setdefault((payment.spender, payment.account), []).append(index)
                if payment.kind == "rec":
                    self.by_contract.setdefault(payment.contract, []).append(index)

    def family(self, plant, wanted):
        """Plant until the wanted number is reached or the draws are used up."""
        planted = tries = 0
        while planted < wanted and tries < 60 * wanted + 500:
            tries += 1
            planted += plant(tries, wanted - planted) or 0

    def year_of(self, day):
        """Year of the day."""
        return date_of(day).year

    def pick(self, fits):
        """A random payment that is after the first year, untouched and fits."""
        for _ in range(DRAWS):
            index = self.rng.randrange(len(self.rows))
            payment = self.rows[index]
            late = payment.day > YEAR_END[FIRST_YEAR]
            if late and index not in self.used and payment.amount > 0 and payment.kind != "can" and fits(payment):
                return index, payment
        return None, None

    def levels(self, key):
        """Median, 95th and 98.5th percentile and maximum of the pair."""
        amounts = sorted(self.rows[i].amount for i in self.by_pair[key])
        return amounts[len(amounts) // 2], amounts[int(len(amounts) * 0.95)], amounts[int(len(amounts) * 0.985)], amounts[-1]

    def plant(self, day, dept, account, vendor, text, amount, card, project, label, minute=None):
        """Record a planted payment."""
        minute = self.world.time(account, card, False) if minute is None else minute
        self.planted.append(Payment(day, minute, dept, account, vendor, text, int(amount), card, project, "planted", label))

    def random_day(self, year):
        """A working day of the year."""
        month = self.rng.choices(range(1, 13), MONTH_WEIGHTS)[0]
        return self.rng.choice(MONTH_DAYS[year, month][0])
