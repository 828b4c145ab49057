"""Ordinary spending of the district office, stream by stream.

Comes in: the number of payments wanted. Goes out: `rows`, every payment without a label.
Refuses: nothing; a stream that finds no department for a draw draws again.
"""

import bisect
import math
from itertools import accumulate

from ..days import date_of, ordinal
from .accounts import ACCOUNTS, CONTRACT_SEASONS, CONTRACTS, SEASON_SUMS
from .words import DEPARTMENTS, FILLERS
from .world import FIRST_YEAR, MONTH_DAYS, YEAR_END, YEAR_START, YEARS, World, trades_of_text

YEAR_WEIGHTS = (0.93, 0.94, 1, 1.05, 1.08)
OUTDOOR_WEIGHTS = (0.6, 0.7, 1, 1.1, 1.1)
EVENT_TEXTS = ["{ev} 관련 홍보물 제작", "{ev} 준비 물품 구입", "{ev} 안내 현수막"]
LAST_DAY = YEAR_END[YEARS[-1]]
# account, trade, least and most (won)
HABITS = [
    ("부서운영업무추진비", "cafe", 4500, 38000),
    ("사무관리비", "meal", 7000, 64000),
    ("재료비", "mart", 28000, 210000),
    ("공공운영비", "gas", 40000, 90000),
    ("사무관리비", "stat", 12000, 140000),
    ("기타보상금", "person", 70000, 200000),
    ("재료비", "mat", 30000, 260000),
    ("의료및구료비", "med", 50000, 400000),
]
HABIT_TEXTS = {
    "gas": ["관용차량 유류 구입", "관용차량({no}호) 주유"],
    "meal": ["특근매식비({n}명)", "{m}월 특근매식비", "비상근무자 급식비"],
    "cafe": ["부서운영 다과 구입", "회의 음료 구입"],
}


def stage_of(number, parts, account):
    """What a part of a work or a study is called."""
    works = account == "시설비"
    if number == 0:
        return " 선급금"
    if number == parts - 1:
        return " 준공금" if works else " 잔금"
    return f" 기성금({number}회)" if works else f" 중도금 {number}차"


class District(World):
    """The office with five years of ordinary spending."""

    def contracts(self, target):
        """Rents, utilities, maintenance: the same vendor every month or quarter."""
        sums = list(accumulate(row[10] for row in CONTRACTS))
        paid = number = 0
        while paid < target:
            row = CONTRACTS[bisect.bisect(sums, self.rng.random() * sums[-1])]
            depts = [dept for dept in DEPARTMENTS if dept.kind in row[7] and (dept.name, row[0]) in self.account_weight]
            if depts:
                number += 1
                dept, kind, _, first_year = self.rng.choices(depts, [dept.size**0.7 for dept in depts])[0]
                paid += self.contract(row, number, dept, kind, first_year)

    def contract(self, row, number, dept, kind, first_year):
        """One contract from its first to its last month; returns the number of payments."""
        account, trades, least, most, jitter, season, months_between, _, text, card, _ = row
        rng, paid = self.rng, 0
        start, end = max(first_year, self.first_year[dept, account]) * 12, 60
        if rng.random() < 0.22:
            start = max(start, rng.randint(0, 44))
        if rng.random() < 0.2:
            end = min(60, start + rng.randint(9, 40))
        trade = rng.choice(trades)
        vendor = self.contractor(dept, trade, text)
        price = math.exp(rng.uniform(math.log(least), math.log(most))) * (1.0 if most < 2e6 else min(2, self.dept_size[dept]))
        unit = 10 if jitter else rng.choice((10, 100, 1000, 1000, 10000))
        fixed = {key: self.fixed_filler(key, dept, kind) for key in ("pl", "pj", "fac", "dong", "org", "no")}
        day_of_month, phase, owed, _ = rng.randint(3, 27), rng.randrange(months_between), 0, rng.random()
        if months_between == 3:
            phase = rng.choice((0, 0, 2))
        tendered, project = rng.random() < 0.25, rng.choice(self.projects[dept])
        for position in range(start, end):
            year, month = FIRST_YEAR + position // 12, position % 12 + 1
            if month == 1 and position > start:
                price *= self.price_rise(jitter)
                if tendered and rng.random() < 0.2 and trade in ("maint", "it", "equip", "print"):
                    vendor = self.vendor(dept, trade)
                    price *= rng.uniform(0.9, 1.12)
                if rng.random() < 0.03:
                    price *= rng.uniform(1.2, 1.7)
            if position % months_between != phase:
                continue
            seasonal = CONTRACT_SEASONS[season][month - 1] if season else 1
            amount = price * seasonal * (max(0.5, 1 + rng.gauss(0, jitter)) if jitter else 1)
            if position == start and rng.random() < 0.3:
                amount *= rng.uniform(0.3, 0.9)
            amount = max(unit, round(amount / unit) * unit)
            fields = {**fixed, "m": str(month), "q": str((month + 2) // 3)}
            if owed:
                amount, fields["m"], owed = amount + owed, f"{month - 1 or 12}~{month}", 0
            elif rng.random() < 0.025 and month < 12:
                owed = 0 if rng.random() < 0.4 else amount  # left out, or paid with the next
                continue
            day = self.due_day(year, month, day_of_month, jitter)
            self.add(day, dept, account, vendor, self.fill(text, dept, day, fields), int(amount), card, project, "rec", number)
            paid += 1
            if rng.random() < 0.004:
                later = self.workday(day + rng.randint(2, 20), year)
                note = self.fill(text, dept, day, fields) + " 추가분"
                extra = int(amount * rng.uniform(0.05, 0.5)) // 10 * 10
                self.add(later, dept, account, vendor, note, extra, card, project, "ext")
        return paid

    def contractor(self, dept, trade, text):
        """Who gets a contract: the utility meant, a known vendor or a new one."""
        if trade == "util":
            return self.util(dept, text)
        return self.any_vendor(trade) if self.rng.random() < 0.6 else self.new_vendor(trade)

    def fixed_filler(self, key, dept, kind):
        """What a placeholder stands for as long as the contract runs."""
        if key == "pj":
            return self.rng.choice(self.projects[dept])
        if key == "no":
            return str(self.rng.randint(1000, 9999))
        return dept if key == "pl" and kind == "dong" else self.rng.choice(FILLERS[key])

    def price_rise(self, jitter):
        """Factor of a new year's price; fixed prices rise seldom and more."""
        rises = (0, 0.01, 0.02, 0.027, 0.03, 0.05) if jitter else (0, 0, 0, 0.025, 0.05, 0.1)
        return 1 + self.rng.choice(rises)

    def due_day(self, year, month, day_of_month, jitter):
        """The day a contract is paid in the month, some late, in December rather before the books close."""
        rng = self.rng
        late = rng.randint(8, 32) if rng.random() < 0.05 else 0
        slack = rng.randint(-2, 4) if jitter or rng.random() < 0.3 else 0
        day = self.workday(ordinal(year, month, day_of_month) + late + slack, year)
        if month == 12 and rng.random() < 0.4:
            day = self.workday(min(day, ordinal(year, 12, 1) + rng.randint(14, 29)), year)
        return day

    def users(self, account):
        """Departments that use the account."""
        return [dept for dept in DEPARTMENTS if (dept.name, account) in self.account_weight]

    def habits(self, target):
        """Small repeated purchases that are ordinary."""
        rng, n = self.rng, 0
        while n < target:
            account, trade, least, most = rng.choice(HABITS)
            dept, _, _, first_year = rng.choice(self.users(account))
            first = max(first_year, self.first_year[dept, account])
            day = rng.randint(YEAR_START[FIRST_YEAR + first] - 240 * (first == 0) + 5, LAST_DAY - 60)
            end = min(LAST_DAY, day + rng.choice((60, 120, 250, 500, 900)))
            vendor = self.vendor(dept, trade)
            usual = [rng.randint(least // 500, most // 500) * 500 for _ in range(rng.randint(2, 5))]
            gap = rng.choice((2, 3, 5, 7, 7, 10, 14))
            card = int(account != "기타보상금")
            project = rng.choice(self.projects[dept])
            texts = HABIT_TEXTS.get(trade) or (self.texts_for(account, vendor, rng) * 3)[:3]
            while day < end:
                if day < YEAR_START[FIRST_YEAR]:
                    day += gap
                    continue
                paid = self.workday(day, min(YEARS[-1], date_of(day).year))
                self.add(
                    paid,
                    dept,
                    account,
                    vendor,
                    self.fill(rng.choice(texts), dept, paid),
                    rng.choice(usual) if rng.random() < 0.8 else rng.randint(least // 100, most // 100) * 100,
                    card,
                    project,
                    "hab",
                )
                n += 1
                day += max(1, int(rng.expovariate(1 / gap)) + 1)

    def events(self, target):
        """Festiusual and gatherings: many payments around one day."""
        rng, n = self.rng, 0
        depts = self.users("행사운영비")
        while n < target:
            weights = [dept.size * (2.5 if dept.kind == "culture" else 1) for dept in depts]
            dept, _, _, first_year = rng.choices(depts, weights)[0]
            year_index = rng.choices(range(5), (0.45, 0.55, 1, 1.15, 1.2))[0]
            if year_index < max(first_year, self.first_year[dept, "행사운영비"]):
                continue
            year = FIRST_YEAR + year_index
            month = bisect.bisect(SEASON_SUMS["event"], rng.random() * SEASON_SUMS["event"][-1]) + 1
            day = self.random_day(year, min(month, 12))
            saturday = day + (5 - (day - 1) % 7) % 7
            event = rng.choice(FILLERS["ev"]) if rng.random() < 0.7 else rng.choice(self.projects[dept]) + " 행사"
            scale = math.exp(rng.gauss(0, 0.7)) * self.dept_size[dept]
            for _ in range(rng.randint(3, 12)):
                account = rng.choices(["행사운영비", "행사실비지원금", "사무관리비", "민간행사사업보조"], (7, 2, 1.5, 0.3))[0]
                if (dept, account) not in self.account_weight or self.first_year[dept, account] > year_index:
                    account = "행사운영비"
                spec = ACCOUNTS[account]
                text = rng.choice([text for text in spec.texts if "{ev}" in text] or EVENT_TEXTS)
                trades = trades_of_text(account, text) or spec.categories[:1]
                trade = rng.choice(trades)
                card = int(trade not in ("person", "staff") and rng.random() < spec.card_share * 1.3)
                paid = (
                    saturday
                    if card and rng.random() < 0.3 and (saturday <= YEAR_END[year])
                    else self.workday(day + rng.randint(-20, 25), year)
                )
                self.add(
                    paid,
                    dept,
                    account,
                    self.vendor(dept, trade),
                    self.fill(text, dept, paid, {"ev": event}),
                    self.round_amount(spec.median * scale * math.exp(rng.gauss(0, 0.8)), spec.unit),
                    card,
                    rng.choice(self.projects[dept]),
                    "evt",
                )
                n += 1

    def works(self, target):
        """Works and research paid in instalments."""
        rng, n = self.rng, 0
        pairs = [pair for pair in self.account_weight if pair[1] in ("시설비", "연구용역비", "전산개발비", "감리비")]
        weights = [self.account_weight[pair] for pair in pairs]
        while n < target:
            dept, account = rng.choices(pairs, weights)[0]
            year_index = rng.randrange(5)
            if year_index < self.first_year[dept, account]:
                continue
            year = FIRST_YEAR + year_index
            spec = ACCOUNTS[account]
            total = spec.median * rng.lognormvariate(1.6, 0.9) * self.dept_size[dept]
            vendor = self.vendor(dept, spec.categories[0])
            text = self.fill(rng.choice(spec.texts), dept, YEAR_START[year] + 60)
            day = rng.randint(YEAR_START[year] + 20, YEAR_START[year] + 270)
            parts = rng.randint(2, 6)
            project = rng.choice(self.projects[dept])
            shares = [rng.uniform(0.3, 0.5)] + [rng.uniform(0.1, 0.3) for _ in range(parts - 1)]
            for j in range(parts):
                note = stage_of(j, parts, account)
                paid_year = date_of(day).year
                if paid_year > YEARS[-1]:
                    break
                day = self.workday(day, paid_year)
                self.add(
                    day,
                    dept,
                    account,
                    vendor,
                    text + note,
                    self.round_amount(total * shares[j] / sum(shares), 1000),
                    0,
                    project,
                    "wrk",
                )
                n += 1
                day += rng.randint(25, 95)
                if paid_year == year and day > YEAR_END[year] and (rng.random() < 0.8):
                    day = YEAR_END[year] - rng.randint(1, 18)

    def trips(self, target):
        """Travel of several colleagues on one document."""
        rng, n, document = self.rng, 0, 0
        depts = self.users("국내여비")
        while n < target:
            dept, _, _, first_year = rng.choices(depts, [dept.size for dept in depts])[0]
            year_index = rng.choices(range(5), OUTDOOR_WEIGHTS)[0]
            if year_index < first_year:
                continue
            year = FIRST_YEAR + year_index
            month = bisect.bisect(SEASON_SUMS["travel"], rng.random() * SEASON_SUMS["travel"][-1]) + 1
            day = self.random_day(year, month)
            document += 1
            amount = rng.choice(
                (20000, 20000, 40000, 45000, 65000, 70000 + 5000 * year_index, 110000, 118000, 165000, 210000)
            ) + (rng.choice((0, 2400, 8800, 18600, 23700, 59800)) if rng.random() < 0.4 else 0)
            text = self.fill(rng.choice(ACCOUNTS["국내여비"].texts), dept, day)
            project = rng.choice(self.projects[dept])
            for vendor in rng.sample(self.staff[dept], min(len(self.staff[dept]), rng.choice((1, 2, 2, 3, 4, 6)))):
                self.add(day, dept, "국내여비", vendor, text, amount, 0, project, "trip", -document)
                n += 1

    def ordinary(self, target):
        """Everything else, department by account by year."""
        cells = [
            (year_index, dept, account, weight * self.year_weight(year_index, account))
            for year_index in range(len(YEARS))
            for (dept, account), weight in self.account_weight.items()
            if self.first_year[dept, account] <= year_index
        ]
        total = sum(cell[3] for cell in cells)
        share, done, last = 0.0, 0, None
        for year_index, dept, account, weight in cells:
            share += weight / total * target
            count = round(share) - done
            done += count
            if (year_index, dept) != last:
                last = (year_index, dept)
                self.renew_favourites(dept)
            self.cell(year_index, dept, account, count)

    @staticmethod
    def year_weight(year_index, account):
        """How busy the year is; events and travel suffered most in 2020 and 2021."""
        outdoors = ACCOUNTS[account].season in ("event", "travel")
        return YEAR_WEIGHTS[year_index] * (OUTDOOR_WEIGHTS[year_index] if outdoors else 1)

    def renew_favourites(self, dept):
        """With a new year some usual vendors of the department change."""
        for (holder, trade), vendors in self.favourites.items():
            if holder == dept and self.rng.random() < 0.6:
                vendors[self.rng.randrange(len(vendors))] = self.any_vendor(trade)

    def cell(self, year_index, dept, account, count):
        """The payments of one department on one account in one year."""
        rng, spec, year = self.rng, ACCOUNTS[account], FIRST_YEAR + year_index
        months = SEASON_SUMS[spec.season]
        last_month = rng.choice((10, 11)) if (dept, account, year_index) in self.early_stops else 12
        while count > 0:
            count -= 1
            month = bisect.bisect(months, rng.random() * months[-1]) + 1
            if month > last_month:
                month = rng.randint(2, last_month)
            card = int(rng.random() < spec.card_share)
            day = self.random_day(year, month)
            if card and rng.random() < spec.weekend_rate:
                day = rng.choice(MONTH_DAYS[year, month][2])
            text, trade, vendor = self.text_and_vendor(dept, account)
            if card and trade in ("person", "staff"):
                card, day = 0, self.workday(day, year)
            amount = self.amount(dept, account, year_index)
            project = rng.choice(self.projects[dept])
            self.add(day, dept, account, vendor, self.fill(text, dept, day), amount, card, project, "base")
            if count > 0 and rng.random() < 0.022:
                equal = min(count, rng.choice((1, 1, 1, 2, 3)))
                self.equal_payments(self.rows[-1], text, equal)
                count -= equal

    def equal_payments(self, first, text, count):
        """Ordinary equal amounts to one vendor soon after the first payment."""
        rng, dept, account, year = self.rng, first.spender, first.account, date_of(first.day).year
        for _ in range(count):
            day = self.workday(first.day + rng.randint(0, 20), year)
            template = text if rng.random() < 0.7 else rng.choice(self.texts_for(account, first.vendor, rng))
            note = self.fill(template, dept, day)
            self.add(day, dept, account, first.vendor, note, first.amount, first.card, first.project, "sib")

    def cancels(self, count):
        """Refunds and corrections of earlier payments."""
        rng = self.rng
        ordinary = len(self.rows)
        for _ in range(count):
            payment = self.rows[rng.randrange(ordinary)]
            if payment.amount <= 0:
                continue
            year = date_of(payment.day).year
            draw = rng.random()
            if payment.card:
                day = min(payment.day + rng.choice((0, 0, 1, 3)), YEAR_END[year])
                note = rng.choice((" 승인취소", " 취소", " (카드취소)"))
            else:
                day = self.workday(payment.day + rng.randint(1, 40), year)
                note = rng.choice((" 반납", " 여입", "(과오지급 반납)", " 결의취소", " 집행잔액 여입"))
            amount = payment.amount if draw < 0.7 else max(10, int(payment.amount * rng.uniform(0.02, 0.6)) // 10 * 10)
            self.add(
                day,
                payment.spender,
                payment.account,
                payment.vendor,
                payment.text + note,
                -amount,
                payment.card,
                payment.project,
                "can",
                minute=min(1439, payment.minute + rng.randint(2, 60)),
            )
            if draw < 0.3:
                self.add(
                    day if payment.card else self.workday(day + rng.randint(0, 7), year),
                    payment.spender,
                    payment.account,
                    payment.vendor,
                    payment.text + rng.choice(("", " 재결의", "(정정)", " 재지급")),
                    payment.amount,
                    payment.card,
                    payment.project,
                    "can",
                    minute=min(1439, payment.minute + rng.randint(2, 90)),
                )

    def build(self, n):
        """All streams, about `n` payments in total."""
        self.contracts(n * 0.22)
        self.habits(n * 0.07)
        self.events(n * 0.06)
        self.works(n * 0.035)
        self.trips(n * 0.07)
        refunds = round(n * 0.0027)
        self.ordinary(n - len(self.rows) - int(refunds * 1.3))  # some are followed by a correct payment
        self.cancels(refunds)
