"""Names, texts, times and amounts the way the corporation's slips show them.

Comes in: a generator of random numbers. Goes out: names, slips of the pen, minutes, rounded amounts.
Refuses: nothing.
"""

from .words import ENDINGS, FIRST_WORDS, GIVEN_NAMES, MIDDLE_WORDS, SURNAMES

PEOPLE = ("강사", "예술인")  # trades whose vendors are persons


def person(rng):
    """A person."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES) + rng.choice(GIVEN_NAMES)


def make_name(trade, rng):
    """A name for a vendor of the trade."""
    if trade in ("강사", "예술인"):
        return rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES) + rng.choice(GIVEN_NAMES)
    name = rng.choice(FIRST_WORDS) + rng.choice(MIDDLE_WORDS) + rng.choice(ENDINGS[trade])
    draw = rng.random()
    if trade in ("식당", "카페", "마트", "주유"):
        return name + (" " + rng.choice(["본점", "중앙점", "역전점", "시청점", "북부점", "신도시점"]) if draw < 0.3 else "")
    return "(주)" + name if draw < 0.4 else "주식회사 " + name if draw < 0.5 else name + "(주)" if draw < 0.55 else name


def business_number(rng):
    """A business registration number."""
    return f"{rng.randint(101, 899):03d}-{rng.choice([81, 86, 87, 88, 1, 5, 12, 20, 25, 31]):02d}-{rng.randint(0, 99999):05d}"


def typo(text, rng):
    """The text with a slip of the pen."""
    i = rng.randrange(max(1, len(text) - 1))
    draw = rng.random()
    if draw < 0.35:
        return text[:i] + text[i + 1 :]
    if draw < 0.6:
        return text[:i] + text[i + 1 : i + 2] + text[i : i + 1] + text[i + 2 :]
    return text.replace(" ", "", 1) if draw < 0.8 else text.replace(" ", "  ", 1)


def office_minute(rng):
    """A minute of office hours."""
    return int(min(1130, max(540, rng.gauss(14 * 60 + 20, 125))))


def card_minute(trade, rng):
    """A minute at which a vendor of the trade is paid by card."""
    draw = rng.random()
    if trade == "식당":
        hour = rng.gauss(12.4, 0.5) if draw < 0.62 else rng.gauss(19, 0.9)
    elif trade == "카페":
        hour = rng.uniform(8.5, 17.8)
    else:
        hour = rng.uniform(9, 18.3) if draw < 0.95 else rng.uniform(18, 21)
    return int(max(420, min(1305, hour * 60)))


def round_amount(amount, card, rng):
    """The amount as invoices and card slips round it."""
    draw = rng.random()
    if card:
        unit = 10 if draw < 0.15 else 100 if draw < 0.5 else 500 if draw < 0.7 else 1000
    elif amount > 3e6:
        unit = 10 if draw < 0.15 else 1000 if draw < 0.5 else 10000 if draw < 0.8 else 100000
    else:
        unit = 10 if draw < 0.3 else 1000 if draw < 0.65 else 10000
    if amount > 2 * unit:
        return max(unit, int(round(amount / unit)) * unit)
    return max(10, int(round(amount / 10)) * 10)
