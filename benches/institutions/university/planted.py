"""Planted irregularities of the university, a ninth of the wanted rows for each family.

Comes in: the world with its ordinary payments. Goes out: labelled payments, added or changed in place.
Refuses: a draw that ordinary spending would explain as well; it draws again, and gives a family up after many draws.
"""

import math
from bisect import bisect

from ..days import HOLIDAYS, is_off
from ..files import FAMILIES
from .accounts import ACCOUNTS
from .planting import LATE, Planting
from .texts import describe, person, round_amount, typo
from .words import FIXED_VENDORS, ODD_TEXTS
from .world import FIRST_DAY, LAST_DAY, workday

DAYS_OFF = [day for day in range(FIRST_DAY, LAST_DAY + 1) if is_off(day)]
SMALL_ACCOUNTS = frozenset(
    "회의비 사무용품비 소모품비 연구재료비 인쇄비 수선유지비 업무추진비 "
    "행사비 지급수수료 실험실습비 차량유지비 시험분석료 비품구입비".split()
)
NEW_VENDOR_ACCOUNTS = frozenset(
    "용역비 기자재구입비 수선유지비 인쇄비 행사비 연구재료비 지급수수료 홍보비 비품구입비 "
    "시험분석료 실험실습비 임차료 안전관리비 연구활동비 교육훈련비 소프트웨어구독료".split()
)
SPLIT_ACCOUNTS = frozenset(
    "용역비 수선유지비 기자재구입비 인쇄비 행사비 연구재료비 비품구입비 홍보비 임차료 시험분석료 실험실습비 안전관리비".split()
)
LIMITS = (2e6, 5e6, 1e7, 2e7)  # won, under which a contract is cut


class Planter(Planting):
    """The nine families."""

    def plant(self, total):
        """Plant `total` rows and put everything in order of days."""
        share = max(1, total // 9)
        for number, family in enumerate(FAMILIES):
            if family == "unused_account":
                self.rng.shuffle(self.unused_pairs)
            self.family(getattr(self, family), share + (number < total - share * 9))
        for index, amount in self.changes:
            self.rows[index].amount, self.rows[index].label = amount, "spike_recurring"
        self.rows.extend(self.planted)
        self.rows.sort(key=lambda payment: payment.day)

    def spike_recurring(self, _left):
        """A payment under a contract several times its usual; changed in place."""
        number = self.rng.choice(self.long_series)
        members = self.series[number]
        choices = [
            index
            for position, index in enumerate(members)
            if position >= 5 and self.rows[index].day >= LATE and (index not in self.used)
        ]
        if not choices or self.spiked[number] >= 1 + len(members) // 30:
            return 0
        index = self.rng.choice(choices)
        payment = self.rows[index]
        draw = self.rng.random()
        if (payment.vendor, -payment.amount) in self.by_vendor:
            return 0
        factor = 10 if draw < 0.15 else self.rng.choice([3, 4, 5, 6]) if draw < 0.4 else self.rng.uniform(3, 9.5)
        usual = sorted(self.rows[position].amount for position in members)[len(members) // 2]
        factor = max(factor, 3.0 * max(1.0, usual / payment.amount))
        factor = factor if factor <= 10 else 10
        if factor * payment.amount < 2.5 * usual:
            return 0
        self.used.add(index)
        self.spiked[number] += 1
        self.changes.append(
            (index, int(payment.amount * factor) if draw < 0.4 else round_amount(self.rng, payment.amount * factor))
        )
        return 1

    def far_above_department(self, _left):
        """A payment far above what the department pays on the account."""
        pair = self.pair(
            lambda account: (
                account.trades[0] != "person"
                and account.name not in ("시설공사비", "공공요금", "위탁연구비")
                and (account.sigma < 1.12)
            )
        )
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account)
        if unit is None:
            return 0
        median, _, most, _ = self.stats(pair)
        amount = median * math.exp(self.rng.uniform(math.log(8), math.log(40)))
        if amount < most * 1.1 or amount < 400000:
            return 0
        day = self.when(unit, account)
        vendor = self.known(pair, account, day)
        if vendor is None:
            return 0
        self.put(
            day,
            self.world.clock(self.rng, account, 0),
            unit,
            account,
            vendor,
            describe(self.rng, unit, account, day),
            round_amount(self.rng, amount),
            1 if amount < 2e6 and self.rng.random() < account.card_share else 0,
            "far_above_department",
        )
        return 1

    def small_repeated(self, left):
        """Many small payments to one vendor in a few weeks."""
        pair = self.pair(lambda account: account.name in SMALL_ACCOUNTS)
        if pair is None:
            return 0
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account, 45)
        if unit is None:
            return 0
        median, high, _, _ = self.stats(pair)
        count = self.rng.randrange(6, 15) if left > 16 else max(5, min(left, 14)) if left < 11 else left // 2
        day = self.when(unit, account, lead=45)
        vendor = self.known(pair, account, day, 2)
        if vendor is None or sum(1 for index in self.plain[pair] if self.rows[index].vendor == vendor) > max(
            3, len(self.plain[pair]) * 0.06
        ):
            return 0
        usual = min(max(median * self.rng.uniform(0.5, 1.25), self.rng.uniform(52000, 98000)), self.rng.uniform(350000, 900000))
        if usual * count < max(600000, high * 1.3):
            return 0
        mode = self.rng.random()
        span = self.rng.randrange(9, 33)
        card = 1 if self.rng.random() < account.card_share and usual < 1e6 else 0
        days = sorted(self.rng.randrange(0, span) for _ in range(count))
        base = describe(self.rng, unit, account, day, usual)
        equal = round_amount(self.rng, usual)
        for days_later in days:
            paid = workday(day + days_later)
            amount = (
                equal
                if mode < 0.3
                else round_amount(self.rng, usual * self.rng.uniform(0.7, 1.3))
                if mode < 0.8
                else equal - self.rng.choice([0, 500, 1000, 2000, 3500])
            )
            self.put(
                paid,
                self.world.clock(self.rng, account, card),
                unit,
                account,
                vendor,
                base
                if mode > 0.85
                else describe(self.rng, unit, account, paid, amount)
                if self.rng.random() < 0.7
                else typo(self.rng, base),
                max(amount, 20000),
                card,
                "small_repeated",
            )
        return count

    def duplicate(self, _left):
        """A payment made twice."""
        index = self.rng.choice(self.series_rows) if self.rng.random() < 0.22 else self.rng.randrange(self.row_count)
        payment = self.rows[index]
        if (
            payment.day < LATE
            or payment.day > LAST_DAY - 45
            or index in self.used
            or (index in self.duplicated)
            or (payment.amount < 60000)
            or (payment.amount < 300000 and self.rng.random() < 0.5)
        ):
            return 0
        gap = (
            self.rng.choice([1, 1, 2, 3, 4, 5, 6, 7, 7, 8, 10, 12, 14, 15, 18, 21, 24, 28, 30, 33, 38])
            if payment.contract < 0
            else self.rng.choice([1, 2, 3, 4, 5, 6, 7, 8, 10, 11])
        )
        if (
            any(abs(day - payment.day) < 75 for day in self.by_vendor[payment.vendor, payment.amount] if day != payment.day)
            and payment.contract < 0
            or self.by_vendor[payment.vendor, payment.amount].count(payment.day) > 1
            or (payment.vendor, -payment.amount) in self.by_vendor
        ):
            return 0
        self.duplicated.add(index)
        draw = self.rng.random()
        text = payment.text
        if draw > 0.62:
            text = self.retyped(text)
        card = payment.card if self.rng.random() < 0.88 else 0
        paid = workday(payment.day + gap)
        unit = payment.spender if self.rng.random() < 0.93 else self.rng.choice(payment.spender.dept.units)
        self.put(
            paid,
            self.world.clock(self.rng, payment.account, card),
            unit,
            payment.account,
            payment.vendor,
            text,
            payment.amount,
            card,
            "duplicate",
        )
        return 1

    def retyped(self, text):
        """The text as somebody types it a second time."""
        slip = typo(self.rng, typo(self.rng, text))
        longer = [
            text + " 지급",
            text.replace(" ", "", 1),
            text + "(추가)",
            text.replace("구입", "구매"),
            text + " 대금",
            "(정산)" + text,
        ]
        return self.rng.choice([*longer, slip, text.split("(")[0]]) or text

    def off_hours_card(self, _left):
        """A card on a day off or at night, where that hardly ever happens."""
        pair = self.pair(
            lambda account: account.card_share > 0.45 and account.off_hours < 0.03 and (account.trades[0] != "person")
        )
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account)
        if unit is None or unit.off_hours > 1:
            return 0
        day = self.when(unit, account)
        amount = min(self.world.amount(self.rng, unit, account, day), 1400000)
        vendor = self.known(pair, account, day, 2)
        if vendor is None:
            return 0
        if self.night and self.rng.random() < 0.5:
            minute = self.rng.choice(
                [
                    self.rng.randrange(1360, 1440),
                    self.rng.randrange(1375, 1440),
                    self.rng.randrange(0, 240),
                    self.rng.randrange(10, 150),
                ]
            )
            paid = day
        else:
            minute = self.world.clock(self.rng, account, 1) if self.rng.random() < 0.7 else self.rng.randrange(1140, 1420)
            end = min(unit.end, LAST_DAY)
            start = max(unit.start, LATE)
            choices = [item for item in DAYS_OFF[bisect(DAYS_OFF, day - 40) : bisect(DAYS_OFF, day + 40)] if start <= item <= end]
            if not choices:
                return 0
            holidays = [item for item in choices if item in HOLIDAYS]
            paid = self.rng.choice(holidays) if holidays and self.rng.random() < 0.3 else self.rng.choice(choices)
        self.put(
            paid, minute, unit, account, vendor, describe(self.rng, unit, account, paid, amount), amount, 1, "off_hours_card"
        )
        return 1

    def new_vendor_large(self, _left):
        """A large first payment to a vendor never seen."""
        pair = self.pair(lambda account: account.name in NEW_VENDOR_ACCOUNTS)
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account)
        if unit is None:
            return 0
        median, high, _, _ = self.stats(pair)
        amount = max(median * math.exp(self.rng.uniform(math.log(6), math.log(25))), high * self.rng.uniform(1.2, 2.5))
        if amount > 3e8 or amount < 2e6:
            return 0
        day = self.when(unit, account)
        trades = [item for item in account.trades if item not in FIXED_VENDORS and item not in ("food", "cafe")] or ["svc"]
        vendor = self.world.new_vendor(self.rng, self.rng.choice(trades))
        self.put(
            day,
            self.world.clock(self.rng, account, 0),
            unit,
            account,
            vendor,
            describe(self.rng, unit, account, day),
            round_amount(self.rng, amount),
            0,
            "new_vendor_large",
        )
        return 1

    def unused_account(self, _left):
        """An account the department never uses."""
        if not self.unused_pairs:
            return 0
        pair = self.unused_pairs[self.next_unused % len(self.unused_pairs)]
        self.next_unused += 1
        if self.next_unused > 2 * len(self.unused_pairs):
            return 0
        dept = self.world.departments[pair[0]]
        account = ACCOUNTS[pair[1]]
        unit = self.rng.choice(dept.units)
        day = self.when(unit, account)
        if day is None:
            return 0
        source = self.rng.choice(self.by_account[pair[1]])
        payment = self.rows[self.rng.choice(self.plain[source])]
        vendor = self.known(source, account, day, 2)
        if vendor is None or payment.amount > self.stats(source)[1] * 1.5:
            return 0
        if account.trades[0] == "person" and self.rng.random() < 0.5:
            vendor = self.world.new_vendor(self.rng, "person")
        self.put(
            day,
            self.world.clock(self.rng, account, 1),
            unit,
            account,
            vendor,
            describe(
                self.rng,
                unit,
                account,
                day,
                payment.amount,
                self.world.vendor_name[vendor] if self.world.vendor_trade[vendor] == "person" else None,
            ),
            payment.amount,
            1 if self.rng.random() < account.card_share and payment.amount < 3e6 else 0,
            "unused_account",
        )
        return 1

    def foreign_text(self, _left):
        """A text that does not belong to the account."""
        pair = self.pair(
            lambda account: account.name not in ("공공요금", "시설공사비", "위탁연구비", "장학금", "학생인건비", "연구수당")
        )
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account)
        if unit is None:
            return 0
        day = self.when(unit, account)
        vendor = self.known(pair, account, day, 2)
        amount = self.world.amount(self.rng, unit, account, day)
        _, high, _, _ = self.stats(pair)
        if vendor is None or amount > high * 1.6:
            return 0
        if self.rng.random() < 0.62 and account.trades[0] != "person":
            category = self.rng.choice(
                [
                    item
                    for item in ODD_TEXTS
                    if not (item == "gift" and account.name in ("업무추진비", "행사비", "학생활동지원비"))
                    and (not (item == "home" and account.name in ("비품구입비", "기자재구입비")))
                ]
            )
            text = self.rng.choice(ODD_TEXTS[category]).format(n=self.rng.choice([2, 3, 5, 10, 20, 30]), nm=person(self.rng))
            if self.rng.random() < 0.25:
                text = unit.lab + " " + text
            if self.rng.random() < 0.3:
                vendor = self.world.pick(self.rng, "retail" if category in ("gift", "home", "pers") else "hotel")
        else:
            other = self.rng.choice(
                [
                    other
                    for other in ACCOUNTS
                    if not set(other.trades) & set(account.trades) and (not set(other.items) & set(account.items))
                ]
                or ACCOUNTS
            )
            text = describe(self.rng, unit, other, day)
        self.put(
            day,
            self.world.clock(self.rng, account, 1),
            unit,
            account,
            vendor,
            text,
            amount,
            1 if self.rng.random() < account.card_share and self.world.vendor_trade[vendor] != "person" and (amount < 2e6) else 0,
            "foreign_text",
        )
        return 1

    def split_contract(self, left):
        """A contract cut into pieces below a limit."""
        pair = self.pair(lambda account: account.name in SPLIT_ACCOUNTS)
        account = ACCOUNTS[pair[1]]
        unit = self.unit_of(pair, account, 40)
        if unit is None:
            return 0
        median, _, most, _ = self.stats(pair)
        choices = [step for step in LIMITS if median * 1.5 < step < max(most * 1.6, median * 25)]
        if not choices:
            return 0
        limit = self.rng.choice(choices)
        count = min(self.rng.choice([2, 2, 3, 3, 3, 4, 4, 5, 6, 7]), max(2, left))
        count = left if left in (2, 3) else count
        day = self.when(unit, account, lead=40)
        vendor = (
            self.known(pair, account, day, 1)
            if self.rng.random() < 0.7
            else self.world.new_vendor(
                self.rng,
                self.rng.choice(
                    [step for step in account.trades if step not in FIXED_VENDORS and step not in ("food",)] or ["svc"]
                ),
            )
        )
        if vendor is None or self.world.vendor_trade[vendor] in ("food", "retail", "person"):
            return 0
        title = describe(self.rng, unit, account, day)
        mode = self.rng.random()
        same = self.rng.random() < 0.3
        share = self.rng.uniform(0.9, 0.995)
        gap = self.rng.choice([0, 1, 2, 3, 5, 7])
        paid = day
        buildings = self.rng.sample(unit.buildings, len(unit.buildings))
        for number in range(count):
            amount = limit * (share if same else self.rng.uniform(0.86, 0.997))
            step = self.rng.choice([1000, 10000, 10000, 110, 50000])
            amount = min(int(amount // step * step), int(limit) - 1000)
            if count > 2 and number == count - 1 and (self.rng.random() < 0.25):
                amount = int(limit * self.rng.uniform(0.6, 0.88) // 1000 * 1000)
            text = self.piece_text(mode, title, number, buildings, unit, account, paid)
            self.put(paid, self.world.clock(self.rng, account, 0), unit, account, vendor, text, amount, 0, "split_contract")
            paid = workday(paid + (self.rng.randrange(0, gap + 2) if gap else 0))
        return count

    def piece_text(self, mode, title, number, buildings, unit, account, day):
        """Text of one piece of a split contract; `mode`, from 0 to 1, says how the pieces are told apart."""
        if mode < 0.25:
            return title
        if mode < 0.45:
            return f"{title}({number + 1}차)"
        if mode < 0.65:
            return f"{buildings[number % len(buildings)]} {title}"
        if mode < 0.85:
            return describe(self.rng, unit, account, day)
        return title + self.rng.choice(["", " 추가분", " 2", " 잔여분", " 외", "(별도)"])
