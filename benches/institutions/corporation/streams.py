"""Ordinary spending of the corporation: contracts, habits, instalments, and the rest cell by cell.

Comes in: the number of rows wanted. Goes out: `rows`, every payment without a label.
Refuses: nothing; a stream that finds no department for a draw draws again.
"""

import numpy as np

from ..days import date_of, is_off, ordinal
from .accounts import ACCOUNT_INDEX, ACCOUNT_NAMES, ACCOUNTS, CONTRACTS, HABITS, SEASONS
from .texts import card_minute, office_minute, round_amount, typo
from .words import DEPARTMENTS, SITES
from .world import FIRST_DAY, FIRST_YEAR, LAST_DAY, YEARS, World, workday, workday_before

DAYS = {y: np.arange(ordinal(y, 1, 1), ordinal(y, 12, 31) + 1) for y in range(FIRST_YEAR, FIRST_YEAR + YEARS)}
DAYS_OFF = {year: np.array([is_off(day) for day in days]) for year, days in DAYS.items()}
MONTHS = {year: np.array([date_of(day).month for day in days]) for year, days in DAYS.items()}
MONTH_WEIGHTS = np.array([0, 0.6, 0.75, 1, 0.95, 1.02, 1.05, 0.95, 0.88, 1, 1.08, 1.25, 1.65])  # from 1
YEAR_WEIGHTS = np.array([0.9, 0.95, 1, 1.06, 1.12])
PANDEMIC = {"여비교통비": (0.65, 0.85), "행사비": (0.6, 0.8), "교육훈련비": (0.75, 0.9)}  # share left in the first two years
EVENT_ACCOUNTS = ("행사비", "사업비", "광고선전비")
NEGOTIATED = ("외주용역비", "시설공사비", "자산취득비", "수선비", "사업비")  # whose contracts stop just below the limits
WEEKEND_RATES = {
    "행사비": 0.028,
    "사업비": 0.012,
    "여비교통비": 0.02,
    "회의비": 0.003,
    "차량유지비": 0.008,
    "소모품비": 0.003,
    "업무추진비": 0.003,
}
PLANTED_SHARE, REFUND_SHARE, HABIT_SHARE = 0.0066, 0.003, 0.07
BILL_FORMS = [
    "{m}월 {st} {lab}",
    "{st} {lab}({m}월분)",
    "{lab} {y}년 {m}월",
    "{st} {m}월분 {lab}",
    "{y}.{m}월 {lab} 지급",
    "{lab} 납부({st})",
]


class Corporation(World):
    """The corporation with five years of ordinary spending."""

    def build(self):
        """All streams, so that with planted rows about `size` come out."""
        for number in range(int(78 * self.scale**0.88)):
            self.contract(number)
        self.habits()
        self.instalments()
        planted = int(round(PLANTED_SHARE * self.size))
        wanted = self.size - int(planted * 0.86) - int(REFUND_SHARE * self.size)
        self.ordinary(max(1000, wanted - len(self.rows)))
        self.refunds()

    def contract(self, number):
        """One contract, paid month by month; the first numbers go through the table once."""
        rng = self.rng
        row = rng.choice(CONTRACTS[:15] + CONTRACTS) if number >= len(CONTRACTS) else CONTRACTS[number]
        name, trade, title, least, most, period, jitter, groups, season = row
        depts = [dept for dept in range(len(DEPARTMENTS)) if DEPARTMENTS[dept].group in groups]
        dept = rng.choices(depts, [DEPARTMENTS[dept].volume for dept in depts])[0]
        account, (_, volume, level, _, first_year, group) = ACCOUNT_INDEX[name], DEPARTMENTS[dept]
        if self.weights[dept, account] == 0:
            self.weights[dept, account] = ACCOUNTS[name].weight * volume * 0.15
            self.first_year[dept, account] = first_year
        start = first_year * 12 + (0 if rng.random() < 0.68 else rng.randint(0, 34))
        end = 60 if rng.random() < 0.75 else min(60, start + rng.choice([12, 24, 24, 36]))
        price = float(np.exp(rng.uniform(np.log(least), np.log(most)))) * level**0.4
        price = round(price, -4 if price > 1e6 else -3)
        vendors = self.pool[trade]
        vendor = int(vendors[min(len(vendors) - 1, int(rng.expovariate(1 / (len(vendors) * 0.25))))])
        day_of_month = rng.choice([5, 10, 10, 15, 20, 25, 25, 26])
        card = rng.random() < (0.25 if price < 4e5 else 0)
        site = rng.choice(SITES[group])
        site += f" {rng.randint(1, 30)}호" if rng.random() < min(0.6, self.scale / 30) else ""
        form, rise = rng.choice(BILL_FORMS), rng.choice([0, 0.01, 0.02, 0.03, 0.05])
        phase, owed = rng.randint(0, period - 1) if period > 1 else 0, 0
        for position in range(start, end):
            if position % period != phase:
                continue
            year, month = FIRST_YEAR + position // 12, position % 12 + 1
            if period == 1 and rng.random() < 0.012:
                owed += 1  # forgotten, paid with the next
                continue
            due = price * (1 + rise) ** (position // 12 - start // 12) * SEASONS[season][month]
            due = int(round(due * (np.exp(rng.gauss(0, jitter)) if jitter else 1) / 10) * 10)
            day = self.due_day(year, month, day_of_month)
            text = form.format(m=month, st=site, lab=title, y=year)
            if owed:
                text, due, owed = f"{text} ({owed + 1}개월분)", due * (owed + 1), 0
            elif rng.random() < 0.012 and period == 1:
                due, text = int(due * rng.uniform(1.1, 1.5) / 10) * 10, text + " 추가분 포함"
            if rng.random() < 0.01:
                text = typo(text, rng)
            minute = card_minute("", rng) if card else office_minute(rng)
            self.add(day, minute, dept, account, vendor, text, due, card, kind="r", contract=number)

    def due_day(self, year, month, day_of_month):
        """The day a bill is paid, now and then some days or weeks late, but in its year."""
        rng = self.rng
        slack = rng.randint(0, 3) if rng.random() < 0.5 else 0
        late = rng.randint(8, 25) if rng.random() < 0.025 else 0
        day = workday(ordinal(year, month, min(28, day_of_month)) + slack + late)
        return day if day <= DAYS[year][-1] else workday_before(DAYS[year][-1])

    def users(self, account):
        """Departments that regularly use the account."""
        return [dept for dept in range(len(DEPARTMENTS)) if self.weights[dept, account] > 0 and not self.rare[dept, account]]

    def habits(self):
        """The same purchase for the same money over and over: coffee, water, petrol, meals."""
        target = len(self.rows) + int(HABIT_SHARE * self.size)
        while len(self.rows) < target:
            account_name, number, trade = self.rng.choice(HABITS)
            account = ACCOUNT_INDEX[account_name]
            depts = self.users(account)
            dept = self.rng.choices(depts, [self.weights[dept, account] for dept in depts])[0]
            topic = ACCOUNTS[account_name].topics[number]
            vendor = int(self.rng.choice(list(self.pool[trade])))
            start = max(self.first_year[dept, account] * 365, self.rng.randint(-300, 1500))
            end = min(1820, start + self.rng.randint(90, 700))
            amount = round_amount(topic.median * np.exp(self.rng.gauss(0, 0.4)), True, self.rng)
            gap = self.rng.choice([3.5, 7, 7, 10, 14])
            elapsed = start
            text = self.describe(topic, dept, FIRST_DAY + start)
            card = self.rng.random() < topic.card_share
            while elapsed < end:
                elapsed += max(1, self.rng.gauss(gap, gap / 4))
                day = workday(FIRST_DAY + int(max(0, elapsed)))
                if self.rng.random() < 0.3:
                    text = self.describe(topic, dept, day)
                self.add(
                    day,
                    card_minute(trade, self.rng) if card else office_minute(self.rng),
                    dept,
                    account,
                    vendor,
                    text,
                    amount if self.rng.random() < 0.9 else amount * 2,
                    card,
                    kind="h",
                )

    def instalments(self):
        """Works, research, assets and projects paid in parts."""
        for _ in range(int(16 * self.scale**0.8)):
            account_name = self.rng.choice(
                ["시설공사비", "시설공사비", "시설공사비", "연구용역비", "자산취득비", "외주용역비", "사업비"]
            )
            account = ACCOUNT_INDEX[account_name]
            depts = self.users(account)
            if not depts:
                continue
            dept = self.rng.choice(depts)
            topic = ACCOUNTS[account_name].topics[0]
            total = topic.median * np.exp(self.rng.gauss(2.1, 0.6))
            vendor = (
                int(self.rng.choice(list(self.pool[topic.trade])))
                if self.rng.random() < 0.75
                else self.new_vendor(topic.trade, self.rng)
            )
            parts = self.rng.choice([2, 3, 3, 4, 5])
            shares = np.array([0.3] + [self.rng.uniform(0.6, 1.2) for _ in range(parts - 1)])
            shares[1:] *= 0.7 / shares[1:].sum()
            day = (
                FIRST_DAY
                + self.first_year[dept, account] * 366
                + self.rng.randint(40, max(41, 1500 - self.first_year[dept, account] * 366))
            )
            text = self.describe(topic, dept, day)
            for number in range(parts):
                if day > LAST_DAY - 3:
                    break
                stage = (
                    "선금"
                    if number == 0
                    else "준공금"
                    if number == parts - 1 and account_name == "시설공사비"
                    else "잔금"
                    if number == parts - 1
                    else "%d차 기성" % number
                    if account_name == "시설공사비"
                    else "%d차 중도금" % number
                )
                self.add(
                    workday(day),
                    office_minute(self.rng),
                    dept,
                    account,
                    vendor,
                    text + " " + stage,
                    round_amount(total * shares[number], False, self.rng),
                    0,
                    kind="i",
                )
                day += self.rng.randint(25, 80)

    def refunds(self):
        """Cancellations and refunds."""
        for index in self.rng.sample(range(len(self.rows)), int(REFUND_SHARE * self.size)):
            day = workday(self.rows[index].day + self.rng.randint(1, 25))
            amount = (
                self.rows[index].amount
                if self.rng.random() < 0.7
                else int(self.rows[index].amount * self.rng.uniform(0.1, 0.6) / 10) * 10
            )
            if amount > 0:
                self.add(
                    day,
                    office_minute(self.rng),
                    self.rows[index].spender,
                    self.rows[index].account,
                    self.rows[index].vendor,
                    self.rng.choice(["{} 취소", "[취소] {}", "{} 반납", "여입: {}", "{} 승인취소", "{} 환불"]).format(
                        self.rows[index].text
                    ),
                    -amount,
                    self.rows[index].card,
                    kind="c",
                )

    def ordinary(self, wanted):
        """Everything else: how many payments each department makes on each account in each year."""
        active = np.array(
            [
                [
                    [YEAR_WEIGHTS[y] if y >= self.first_year[dept, account] else 0 for y in range(YEARS)]
                    for account in range(len(ACCOUNTS))
                ]
                for dept in range(len(DEPARTMENTS))
            ]
        )
        for name, shares in PANDEMIC.items():
            active[:, ACCOUNT_INDEX[name], :2] *= shares
        weights = self.weights[:, :, None] * active
        counts = self.arrays.poisson(weights / weights.sum() * wanted)
        for dept in range(len(DEPARTMENTS)):
            for account in range(len(ACCOUNTS)):
                if counts[dept, account].sum():
                    shares, vendors = self.topics_of(dept, account)
                    for year_index in range(YEARS):
                        if counts[dept, account, year_index]:
                            self.cell(dept, account, year_index, int(counts[dept, account, year_index]), shares, vendors)

    def topics_of(self, dept, account):
        """The department's shares of the account's topics, and the vendors it knows for each, best known first."""
        topics = ACCOUNTS[ACCOUNT_NAMES[account]].topics
        shares = np.array([topic.weight for topic in topics]) * np.exp(self.arrays.normal(0, 0.35, len(topics)))
        vendors = []
        for topic in topics:
            staff = topic.trade == "직원"
            pool = self.employees[dept] if staff else self.pool[topic.trade]
            fame = 1 / (np.arange(len(pool)) + 1.5) ** 0.7
            known = len(pool) if staff else max(3, min(len(pool), int((5 + DEPARTMENTS[dept].volume * 1.5) * self.scale**0.35)))
            vendors.append(pool[self.arrays.choice(len(pool), known, replace=False, p=fame / fame.sum())])
        return shares / shares.sum(), vendors

    def cell(self, dept, account, year_index, count, shares, vendors):
        """The payments of one department on one account in one year."""
        year, arrays = FIRST_YEAR + year_index, self.arrays
        last_month = 12 if arrays.random() > 0.07 else arrays.integers(8, 12)  # sometimes the budget ends early
        by_day = MONTH_WEIGHTS[MONTHS[year]] * (MONTHS[year] <= last_month)
        working, off = by_day * ~DAYS_OFF[year], by_day * DAYS_OFF[year]
        days = arrays.choice(DAYS[year], count, p=working / working.sum())
        days_off = arrays.choice(DAYS[year], count, p=off / off.sum())
        numbers = arrays.choice(len(shares), count, p=shares)
        spread = np.clip(arrays.standard_normal(count), -2.6, 3.1)
        draws = arrays.random((count, 5))
        active = [self.active_vendors(known, year_index) for known in vendors]
        j = 0
        while j < count:
            topic = ACCOUNTS[ACCOUNT_NAMES[account]].topics[numbers[j]]
            day, event, card, late = self.when(dept, account, topic, year, int(days[j]), int(days_off[j]), draws[j])
            vendor, once = self.payee(topic, active[numbers[j]], draws[j])
            amount = self.amount(dept, account, year_index, topic, spread[j], vendor, once, card)
            minute = self.rng.randint(1310, 1425) if late else self.minute(topic, card)
            amount = round_amount(amount, card, self.rng)
            text = self.describe(topic, dept, day, event)
            self.add(day, minute, dept, account, vendor, text, amount, card)
            j += 1
            if j < count and self.rng.random() < 0.018:
                j += self.equal_payments(count - j, topic, event, self.rows[-1])

    def active_vendors(self, known, year_index):
        """Those that exist in the year, and running shares by fame."""
        vendors = [v for v in known if self.vendor_start[v] <= year_index <= self.vendor_end[v]] or list(known)
        fame = 1 / (np.arange(len(vendors)) + 1.2) ** 1.05
        return vendors, np.cumsum(fame / fame.sum())

    def when(self, dept, account, topic, year, day, day_off, draws):
        """Day, event if any, whether by card, whether late at night."""
        name, event = ACCOUNT_NAMES[account], None
        first, last = DAYS[year][0], DAYS[year][-1]
        weekend = DEPARTMENTS[dept].weekend
        if draws[0] < (0.75 if name == "행사비" else 0.35 if name in EVENT_ACCOUNTS else 0.06):
            event, event_day, width = self.rng.choice(self.event_days[dept, year])
            day = max(first, min(last, int(event_day + self.rng.gauss(0, width))))
            day = workday_before(day) if day > last - 5 else workday(day)
        card, late = draws[1] < topic.card_share, False
        if card and draws[2] < WEEKEND_RATES.get(name, 0.002) * weekend:
            day = min(day_off if event is None else day + (5 - date_of(day).weekday()) % 7, int(last))
        elif card and draws[2] > 1 - 0.0012 * (1 + weekend):
            late = True
        return day, event, card, late

    def payee(self, topic, active, draws):
        """A vendor, and what being paid once does to the amount."""
        if topic.trade != "직원" and draws[3] < topic.once_share:
            return self.new_vendor(topic.trade, self.rng), 0.85
        vendors, sums = active
        return vendors[min(len(vendors) - 1, int(np.searchsorted(sums, draws[4])))], 1

    def amount(self, dept, account, year_index, topic, spread, vendor, once, card):
        """An ordinary amount, before rounding; contracts that are negotiated stop below a limit now and then."""
        level = self.level[dept, account] ** (0.8 if topic.median > 2e5 else 0.35)
        amount = topic.median * level * 1.03**year_index * np.exp(topic.sigma * spread) * self.vendor_factor[vendor] * once
        if ACCOUNT_NAMES[account] in NEGOTIATED and not card and self.rng.random() < 0.025:
            limits = [limit for limit in (2e6, 5e6, 1e7, 2e7) if 0.5 * amount < limit < 2.2 * amount]
            if limits:
                amount = self.rng.choice(limits) * self.rng.uniform(0.93, 0.998)
        return amount

    def minute(self, topic, card):
        """A minute of the day."""
        return card_minute(topic.trade, self.rng) if card else office_minute(self.rng)

    def equal_payments(self, most, topic, event, first):
        """Several equal payments: two classes, two buses, one bill per person. Returns how many were added."""
        year, added = date_of(first.day).year, 0
        for _ in range(self.rng.choice([1, 1, 1, 2, 3])):
            if added >= most:
                break
            day = workday(min(first.day + self.rng.choice([0, 0, 1, 3, 7, 7, 14]), DAYS[year][-1]))
            text = first.text if self.rng.random() < 0.3 else self.describe(topic, first.spender, day, event)
            day = day if date_of(day).year == year else first.day
            self.add(
                day, self.minute(topic, first.card), first.spender, first.account, first.vendor, text, first.amount, first.card
            )
            added += 1
        return added
