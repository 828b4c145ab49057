"""Planted irregularities of the corporation, about a ninth of the wanted rows for each family.

Comes in: the world with its ordinary payments. Goes out: labelled payments, added or changed in place.
Refuses: a draw that ordinary spending would explain as well; it draws again.
"""

import numpy as np

from ..days import HOLIDAYS, date_of, ordinal
from ..files import FAMILIES
from .accounts import ACCOUNT_INDEX, ACCOUNT_NAMES, ACCOUNTS, FOREIGN_ACCOUNTS
from .planting import Planting
from .streams import PLANTED_SHARE
from .texts import card_minute, office_minute, round_amount, typo
from .words import DEPARTMENTS, ODD_TEXTS, SITES
from .world import FIRST_YEAR, LAST_DAY, YEARS, Fillers, workday

SHARES = (0.9, 0.95, 1.3, 0.95, 0.95, 0.95, 0.9, 0.95, 1.15)  # of a ninth, by family
SECOND_YEAR = ordinal(FIRST_YEAR + 1, 1, 1)
RETYPINGS = (  # how the text of a repeated payment may differ
    lambda text, _: text + " 지급",
    lambda text, _: text.replace(" ", ""),
    lambda text, _: text + " 건",
    typo,
    lambda text, _: text.replace("구입", "구매").replace("대금", "비용").replace("비용 비용", "비용"),
    lambda text, _: text + "(재청구)",
    lambda text, _: text.replace("지급", "").strip(),
)
FAR_ACCOUNTS = (
    "소모품비 회의비 복리후생비 차량유지비 업무추진비 교육훈련비 수선비 도서인쇄비 지급수수료 행사비 사업비 "
    "광고선전비 여비교통비 외주용역비 안전관리비"
).split()
SMALL_ACCOUNTS = "소모품비 회의비 복리후생비 수선비 도서인쇄비 사업비 행사비 차량유지비 안전관리비 업무추진비".split()
CARD_ACCOUNTS = "회의비 업무추진비 소모품비 차량유지비 복리후생비 도서인쇄비 교육훈련비".split()
NEW_VENDOR_ACCOUNTS = (
    "외주용역비 소모품비 광고선전비 사업비 행사비 수선비 자산취득비 지급수수료 도서인쇄비 교육훈련비 안전관리비"
).split()
SPLIT_ACCOUNTS = "외주용역비 시설공사비 자산취득비 수선비 광고선전비 행사비 사업비 소모품비 도서인쇄비 안전관리비".split()
LIMITS = {
    "외주용역비": [2e7, 2e7, 1e7],
    "시설공사비": [2e7, 2e7],
    "자산취득비": [1e7, 2e7, 5e6],
    "수선비": [5e6, 2e6, 1e7],
    "소모품비": [2e6, 2e6, 5e6],
    "도서인쇄비": [2e6, 5e6],
    "안전관리비": [2e6, 5e6],
}  # won
OTHER_LIMITS = [1e7, 2e7, 5e6]


class Planter(Planting):
    """The nine families."""

    def plant(self):
        """Plant the share of the world's size."""
        ninth = int(round(PLANTED_SHARE * self.world.size)) / 9
        for family, share in zip(FAMILIES, SHARES):
            getattr(self, family)(int(round(ninth * share)))

    def minute(self, trade, card):
        """A minute of the day."""
        return card_minute(trade, self.rng) if card else office_minute(self.rng)

    def spike_recurring(self, wanted):
        """Payments under contracts several times their usual; changed in place."""
        indexes = self.late_contract_payments()
        self.rng.shuffle(indexes)
        seen = {}
        for index in indexes:
            if wanted <= 0:
                break
            payment = self.world.rows[index]
            number = payment.contract
            if seen.get(number, 0) >= 1 + (self.world.scale > 10):
                continue
            if "개월분" in payment.text:
                continue
            seen[number] = seen.get(number, 0) + 1
            draw = self.rng.random()
            factor = 10 if draw < 0.2 else self.rng.choice([3, 4, 5, 6]) if draw < 0.4 else self.rng.uniform(3, 9)
            payment.amount = int(payment.amount * factor / 10) * 10
            payment.label = "spike_recurring"
            self.placed.add(index)
            wanted -= 1

    def far_above_department(self, wanted):
        """Payments far above what the department pays on the account."""
        while wanted > 0:
            dept, account = self.cell(FAR_ACCOUNTS, 40)
            levels = self.levels[dept, account]
            day = self.random_day(dept, account)
            amount = levels.median * np.exp(self.rng.uniform(np.log(8), np.log(40)))
            if amount < levels.high * 1.25:
                amount = levels.high * self.rng.uniform(1.25, 2.2)
            if not 8 <= amount / levels.median <= 40:
                continue
            vendor, topic = self.known_topic(dept, account, day)
            card = self.rng.random() < topic.card_share and amount < 4e6
            self.world.add(
                day,
                self.minute(topic.trade, card),
                dept,
                account,
                vendor,
                self.world.describe(topic, dept, day, rng=self.rng),
                round_amount(amount, card, self.rng),
                card,
                "far_above_department",
            )
            wanted -= 1

    def small_repeated(self, wanted):
        """Many small payments to one vendor in a few weeks."""
        while wanted > 0:
            dept, account = self.cell(SMALL_ACCOUNTS, 30)
            day = self.random_day(dept, account)
            count = min(self.rng.randint(6, 14), max(5, wanted))
            span = self.rng.randint(8, 35)
            day = min(day, LAST_DAY - span - 3)
            vendor = (
                self.known(dept, account, day, True)
                if self.rng.random() < 0.75
                else self.world.new_vendor(
                    self.topic(account).trade if self.topic(account).trade != "직원" else "식당", self.rng, unique=True
                )
            )
            topics = self.topics_for(account, vendor) or [ACCOUNTS[ACCOUNT_NAMES[account]].topics[0]]
            topic = self.rng.choice(topics)
            card = self.rng.random() < max(0.3, topic.card_share)
            form = self.rng.choice(["equal", "under", "spread"])
            cap = self.rng.choice([100000.0, 200000.0, 300000.0, 500000.0])
            base = min(cap * 0.95, max(60000.0, topic.median * self.rng.uniform(0.8, 1.8)))
            first_text = self.world.describe(topic, dept, day, rng=self.rng)
            for offset in sorted(self.rng.sample(range(span), min(count, span))):
                amount = (
                    base
                    if form == "equal"
                    else cap * self.rng.uniform(0.86, 0.99)
                    if form == "under"
                    else base * self.rng.uniform(0.7, 1.25)
                )
                paid = workday(day + offset)
                text = first_text if self.rng.random() < 0.35 else self.world.describe(topic, dept, paid, rng=self.rng)
                self.world.add(
                    paid,
                    self.minute(topic.trade, card),
                    dept,
                    account,
                    vendor,
                    text,
                    round_amount(amount, form != "equal" or card, self.rng) if form != "equal" else int(round(amount, -3)),
                    card,
                    "small_repeated",
                )
                wanted -= 1

    def duplicate(self, wanted):
        """Payments made twice."""
        singles, contracts = self.single_payments, self.contract_payments
        while wanted > 0:
            from_contract = self.rng.random() < 0.22
            index = self.rng.choice(contracts if from_contract else singles)
            if index in self.placed:
                continue
            payment = self.world.rows[index]
            gap = (
                self.rng.randint(2, 11)
                if from_contract
                else self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 17, 21, 25, 30])
            )
            day = workday(payment.day + gap)
            if day <= payment.day or day > LAST_DAY:
                continue
            text = payment.text
            draw = self.rng.random()
            card = payment.card
            if draw > 0.55:
                text = self.rng.choice(RETYPINGS)(text, self.rng)
            if self.rng.random() < 0.12:
                card = 1 - card if payment.amount < 3e6 else card
            self.world.add(
                day,
                self.minute("", card),
                payment.spender,
                payment.account,
                payment.vendor,
                text,
                payment.amount,
                card,
                "duplicate",
            )
            self.placed.add(index)
            wanted -= 1

    def off_hours_card(self, wanted):
        """Cards used at night or on days off, mostly in departments that seldom work then."""
        holidays = [day for day in HOLIDAYS if SECOND_YEAR <= day <= LAST_DAY]
        while wanted > 0:
            dept, account = self.cell(CARD_ACCOUNTS)
            if DEPARTMENTS[dept].weekend > 0.5 and self.rng.random() < 0.8:
                continue
            topics = [topic for topic in ACCOUNTS[ACCOUNT_NAMES[account]].topics if topic.card_share >= 0.5]
            day = self.random_day(dept, account)
            form = (
                self.rng.choice(["night", "night", "weekend", "weekend", "holiday"])
                if self.layout != 2
                else self.rng.choice(["weekend", "weekend", "holiday"])
            )
            if not topics:
                continue
            topic = self.rng.choice(topics)
            minute = self.rng.randint(600, 1290)
            if form == "night":
                minute = self.rng.choice([self.rng.randint(1350, 1439), self.rng.randint(0, 170)])
            elif form == "weekend":
                day = day + (5 - date_of(day).weekday()) % 7 + self.rng.randint(0, 1)
                minute = minute if self.rng.random() < 0.7 else self.rng.randint(1320, 1439)
            else:
                day = self.rng.choice(holidays)
            if day > LAST_DAY or date_of(day).year - FIRST_YEAR < max(1, self.world.first_year[dept, account]):
                continue
            vendors = self.world.pool[topic.trade]
            vendor = int(self.rng.choice(list(vendors))) if self.rng.random() < 0.5 else self.known(dept, account, day)
            if vendor not in self.trade_vendors[topic.trade]:
                vendor = int(self.rng.choice(list(vendors)))
            amount = topic.median * np.exp(self.rng.gauss(0.35, topic.sigma * 0.7))
            text = self.world.describe(topic, dept, day, rng=self.rng)
            self.world.add(day, minute, dept, account, vendor, text, round_amount(amount, True, self.rng), 1, "off_hours_card")
            wanted -= 1

    def new_vendor_large(self, wanted):
        """Large first payments to vendors never seen."""
        while wanted > 0:
            dept, account = self.cell(NEW_VENDOR_ACCOUNTS)
            levels = self.levels[dept, account]
            amount = max(
                levels.median * self.rng.uniform(6, 25),
                levels.high * self.rng.uniform(0.8, 1.8),
                self.rng.uniform(1.8e6, 4.5e6),
            )
            if amount > 9e7:
                continue
            topics = [
                usable
                for usable in ACCOUNTS[ACCOUNT_NAMES[account]].topics
                if usable.trade not in ("강사", "예술인", "직원", "식당", "카페")
            ]
            topic = self.rng.choice(topics)
            trade = topic.trade
            day = self.random_day(dept, account)
            if ACCOUNT_NAMES[account] in ("외주용역비", "사업비", "지급수수료", "교육훈련비") and self.rng.random() < 0.2:
                trade = "연구"
            self.world.add(
                day,
                office_minute(self.rng),
                dept,
                account,
                self.world.new_vendor(trade, self.rng, unique=True),
                self.world.describe(topic, dept, day, rng=self.rng),
                round_amount(amount, False, self.rng),
                0,
                "new_vendor_large",
            )
            wanted -= 1

    def unused_account(self, wanted):
        """Accounts a department never uses."""
        pairs = [
            (dept, account)
            for dept in range(len(DEPARTMENTS))
            for account in range(len(ACCOUNTS))
            if (dept, account) not in self.used_pairs
            and max(DEPARTMENTS[dept].first_year, ACCOUNTS[ACCOUNT_NAMES[account]].first_year) < YEARS - 1
        ]
        cap = wanted // max(1, len(pairs)) + 1
        self.rng.shuffle(pairs)
        for dept, account in pairs * cap:
            if wanted <= 0:
                break
            day = self.random_day(dept, account, max(1, DEPARTMENTS[dept].first_year + 1))
            topic = self.topic(account)
            card = self.rng.random() < topic.card_share
            if topic.trade == "직원":
                topic = ACCOUNTS[ACCOUNT_NAMES[account]].topics[1]
            vendors = [vendor for vendor in self.world.pool[topic.trade] if self.first_paid.get(vendor, 10**9) < day] or list(
                self.world.pool[topic.trade]
            )
            vendor = int(self.rng.choice(vendors))
            amount = topic.median * np.exp(np.clip(self.rng.gauss(0.1, topic.sigma * 0.7), -1, 1))
            self.world.add(
                day,
                self.minute(topic.trade, card),
                dept,
                account,
                vendor,
                self.world.describe(topic, dept, day, rng=self.rng),
                round_amount(amount, card, self.rng),
                card,
                "unused_account",
            )
            wanted -= 1

    def foreign_text(self, wanted):
        """Texts that do not belong to the account."""
        while wanted > 0:
            dept, account = self.cell(FOREIGN_ACCOUNTS)
            day = self.random_day(dept, account)
            name = ACCOUNT_NAMES[account]
            vendor, topic = self.known_topic(dept, account, day)
            levels = self.levels[dept, account]
            if self.rng.random() < 0.55:
                fillers = Fillers(self.world, dept, day, [""], None, self.rng)
                text = self.rng.choice(ODD_TEXTS).format_map(fillers)
                if self.rng.random() >= 0.6:
                    text = self.rng.choice(["{dp} ", "{m}월 ", "{st} ", "직원용 "]).format_map(fillers) + text
                if self.rng.random() < 0.25:
                    vendor = int(self.rng.choice(list(self.world.pool[self.rng.choice(["마트", "전자", "숙박", "식당"])])))
            else:
                other = ACCOUNT_INDEX[self.rng.choice(FOREIGN_ACCOUNTS[name])]
                other_topic = self.topic(other)
                text = self.world.describe(other_topic, dept, day, rng=self.rng)
                if other_topic.trade != "직원" and self.rng.random() < 0.3:
                    vendor = int(self.rng.choice(list(self.world.pool[other_topic.trade])))
            amount = levels.median * np.exp(np.clip(self.rng.gauss(0.15, 0.4), -0.8, 0.9))
            card = self.rng.random() < topic.card_share
            self.world.add(
                day,
                self.minute(topic.trade, card),
                dept,
                account,
                vendor,
                text,
                round_amount(amount, card, self.rng),
                card,
                "foreign_text",
            )
            wanted -= 1

    def split_contract(self, wanted):
        """Contracts cut into pieces below a limit."""
        while wanted > 0:
            name = self.rng.choice(SPLIT_ACCOUNTS)
            cells = [cell for cell in self.cells if ACCOUNT_NAMES[cell[1]] == name]
            if not cells:
                continue
            dept, account = self.rng.choice(cells)
            limit = self.rng.choice(LIMITS.get(name, OTHER_LIMITS))
            count = min(self.rng.choice([2, 2, 3, 3, 4, 4, 5, 6, 7]), max(2, wanted))
            gap = self.rng.choice([1, 2, 4, 7, 10])
            day = min(self.random_day(dept, account), LAST_DAY - count * gap - 8)
            topics = [topic for topic in ACCOUNTS[name].topics if topic.trade not in ("강사", "예술인", "식당", "카페")]
            topic = self.rng.choice(topics)
            vendor = (
                self.known(dept, account, day)
                if self.rng.random() < 0.55
                else int(self.rng.choice(list(self.world.pool[topic.trade])))
                if self.rng.random() < 0.5
                else self.world.new_vendor(topic.trade, self.rng, unique=True)
            )
            if self.world.vendor_number[vendor] == "":  # a person
                vendor = int(self.rng.choice(list(self.world.pool[topic.trade])))
            base = self.rng.uniform(0.9, 0.99)
            form = self.rng.choice(["serial", "site", "same", "words"])
            first_text = self.world.describe(topic, dept, day, rng=self.rng)
            same = self.rng.random() < 0.3
            for number in range(count):
                amount = limit * base if same else limit * self.rng.uniform(0.9, 0.997)
                sites = SITES[DEPARTMENTS[dept].group]
                text = {
                    "serial": f"{first_text} {number + 1}차",
                    "site": f"{first_text} ({sites[number % len(sites)]})",
                    "same": first_text,
                    "words": self.world.describe(topic, dept, day, rng=self.rng),
                }[form]
                amount = int(amount // 10000) * 10000 if same or self.rng.random() < 0.6 else int(amount // 10) * 10
                self.world.add(workday(day), office_minute(self.rng), dept, account, vendor, text, amount, 0, "split_contract")
                day += max(0, int(round(self.rng.gauss(gap, gap / 3))))
                wanted -= 1
