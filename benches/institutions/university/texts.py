"""Names and descriptions the way people of a university type them.

Comes in: a generator of random numbers and what is paid. Goes out: names, texts, rounded amounts.
Refuses: nothing; a placeholder it does not know stays as it is.
"""

from bisect import bisect
from itertools import accumulate

from ..days import date_of
from .words import (
    CAFES,
    CITIES_ABROAD,
    COMPANY_WORDS,
    COURSES,
    EVENTS,
    FIXED_VENDORS,
    FOOD_FIRST,
    FOOD_LAST,
    GIVEN_FIRST,
    GIVEN_SECOND,
    NAME_ENDINGS,
    PLACES,
    SURNAMES,
)  # fmt: skip

SURNAME_SUMS = list(accumulate(60 / (i + 2) for i in range(len(SURNAMES))))
TYPING_SLIPS = 0.045


def person(rng):
    """A person."""
    return (
        SURNAMES[min(bisect(SURNAME_SUMS, rng.random() * SURNAME_SUMS[-1]), len(SURNAMES) - 1)]
        + rng.choice(GIVEN_FIRST)
        + rng.choice(GIVEN_SECOND)
    )


def corp(rng, endings):
    """A company with one of the endings."""
    name = rng.choice(COMPANY_WORDS) + (rng.choice(COMPANY_WORDS) if rng.random() < 0.45 else "") + rng.choice(endings)
    draw = rng.random()
    return "(주)" + name if draw < 0.38 else name + "(주)" if draw < 0.46 else "주식회사 " + name if draw < 0.55 else name


def make_name(rng, trade):
    """A name for a vendor of the trade."""
    if trade == "person":
        return person(rng)
    if trade == "food":
        draw = rng.random()
        return (
            rng.choice(FOOD_FIRST)
            + rng.choice(FOOD_LAST)
            + ("" if draw < 0.7 else " " + rng.choice(PLACES) + "점" if draw < 0.85 else " 대학점")
        )
    if trade == "cafe":
        return rng.choice(["", rng.choice(PLACES), rng.choice(FOOD_FIRST)]) + rng.choice(COMPANY_WORDS) + rng.choice(CAFES)
    if trade in FIXED_VENDORS:
        return rng.choice(FIXED_VENDORS[trade])
    return corp(rng, NAME_ENDINGS[trade])


def round_amount(rng, amount):
    """The amount as invoices and slips round it."""
    amount = max(amount, 3300)
    draw = rng.random()
    unit = 10 if draw < 0.22 else 100 if draw < 0.45 else 1000 if draw < 0.8 else 10000 if amount > 60000 else 1000
    if amount > 2000000.0 and draw > 0.5:
        unit = 11000 if draw < 0.7 else 10000 if draw < 0.85 else 100000 if amount > 4000000.0 else 50000
    return max(int(round(amount / unit) * unit), unit)


def typo(rng, text):
    """The text, now and then with a slip or an afterthought."""
    draw = rng.random()
    if draw > TYPING_SLIPS or len(text) < 5:
        return text
    k = rng.randrange(1, len(text) - 1)
    if draw < 0.01:
        return text[:k] + text[k + 1 :]
    if draw < 0.018:
        return text[:k] + text[k + 1] + text[k] + text[k + 2 :]
    if draw < 0.028:
        return text.replace(" ", "", 1)
    if draw < 0.034:
        return text.replace(" ", "  ", 1)
    return text + rng.choice(["(수정)", " 건", "_재작성", " 외", ".", " 지급", "(카드)", " 1식"])


def payee(rng, unit, who):
    """Whom the text names: the payee, the leader of the unit or anybody; sometimes masked."""
    name = who if who and rng.random() < 0.8 else unit.leader if rng.random() < 0.3 else person(rng)
    return name if rng.random() < 0.6 else name[0] + "O" + name[2:]


def describe(rng, unit, account, day, amount=None, who=None):
    """A description for a payment; meals count the people the amount feeds."""
    date = date_of(day)
    people = None
    if amount and account.trades[0] == "food":
        people = max(2, round(amount / rng.uniform(8000, 16500)))
    fillers = {
        "{it}": lambda: rng.choice(account.items),
        "{proj}": lambda: unit.project,
        "{lab}": lambda: unit.lab,
        "{nm}": lambda: payee(rng, unit, who),
        "{m}": lambda: str(date.month),
        "{y}": lambda: str(date.year),
        "{n}": lambda: str(people or min(2 + int(rng.expovariate(0.22)), 40)),
        "{place}": lambda: rng.choice(PLACES),
        "{abroad}": lambda: rng.choice(CITIES_ABROAD),
        "{bldg}": lambda: rng.choice(unit.buildings),
        "{ev}": lambda: rng.choice(EVENTS),
        "{dept}": lambda: unit.dept_name.split()[-1],
        "{course}": lambda: rng.choice(COURSES),
        "{sem}": lambda: "1학기" if 3 <= date.month <= 8 else "2학기",
    }
    parts = rng.choice(account.texts)
    return typo(rng, "".join(fillers[part]() if part in fillers else part for part in parts))
