"""Planted irregularities of the district office, a ninth of the wanted rows for each family.

Comes in: the world with its ordinary payments. Goes out: labelled payments, added or changed in place.
Refuses: a draw that ordinary spending would explain as well; it draws again, and gives a family up after many draws.
"""

import math

from ..days import HOLIDAYS, date_of, is_off
from ..files import FAMILIES
from .accounts import ACCOUNT_GROUPS, ACCOUNTS, ODD_TEXTS
from .planting import Planting
from .words import DEPARTMENTS, FILLERS
from .world import FIRST_YEAR, MONTH_DAYS, YEAR_END, YEARS

PLACES = FILLERS["pl"]
CARD_ACCOUNTS = (
    "사무관리비",
    "부서운영업무추진비",
    "시책추진업무추진비",
    "기관운영업무추진비",
    "자산및물품취득비",
    "공공운영비",
    "재료비",
    "위탁교육비",
)
PURCHASE_ACCOUNTS = (
    "사무관리비",
    "자산및물품취득비",
    "행사운영비",
    "재료비",
    "전산개발비",
    "연구용역비",
    "공공운영비",
    "민간경상사업보조",
    "의료및구료비",
    "시설비",
    "재난관리자원비",
    "민간위탁금",
)
ALIKE = ({1, 2, 3, 6, 12}, {10, 11, 12, 13, 14}, {1, 6, 7, 16}, {8, 16}, {2, 8}, {2, 16}, {4, 15}, {3, 10})  # groups of accounts


def far_apart(group, other):
    """Whether texts of one group of accounts are foreign to the other."""
    return group != other and not any({group, other} <= alike for alike in ALIKE)


class Planter(Planting):
    """The nine families; each returns how many payments it has planted."""

    def plant_all(self, total):
        """Plant `total` rows, a ninth for each family."""
        for number, family in enumerate(FAMILIES):
            self.family(getattr(self, family), total // 9 + (number < total % 9))
        self.rows += self.planted

    def spike_recurring(self, attempt, left):
        """A payment under a contract several times its usual."""
        rng = self.rng
        indexes = self.by_contract[rng.choice(list(self.by_contract))]
        indexes = sorted(indexes, key=lambda index: self.rows[index].day)
        candidates = [
            self.rows[index]
            for n, index in enumerate(indexes)
            if n >= 6
            and self.rows[index].day > YEAR_END[FIRST_YEAR]
            and (index not in self.used)
            and ("~" not in self.rows[index].text)
        ]
        if not candidates:
            return 0
        payment = rng.choice(candidates)
        median = sorted(self.rows[i].amount for i in indexes)[len(indexes) // 2]
        if max(self.rows[i].amount for i in indexes) > 2.6 * median and payment.amount < median:
            return 0
        self.used.update(indexes)
        draw = rng.random()
        payment.amount = (
            payment.amount * 10
            if draw < 0.25
            else payment.amount * rng.choice((3, 4, 5, 6))
            if draw < 0.45
            else int(payment.amount * rng.uniform(3.1, 9)) // 10 * 10
        )
        payment.label = "spike_recurring"
        return 1

    def far_above_department(self, attempt, left):
        """A payment far above what the department pays on the account."""
        rng = self.rng
        key = rng.choice(list(self.by_pair))
        if len(self.by_pair[key]) < 25 or (key[1] == "국내여비" and rng.random() < 0.7):
            return 0
        median, _, high, _ = self.levels(key)
        lo = max(8 * median, 1.15 * high)
        if lo > 38 * median:
            return 0
        index = rng.choice(self.by_pair[key])
        payment = self.rows[index]
        if payment.day <= YEAR_END[FIRST_YEAR] or payment.kind not in ("base", "sib", "hab") or index in self.used:
            return 0
        earlier = [self.rows[i] for i in self.by_pair[key] if self.rows[i].day < payment.day]
        if len(earlier) < 15:
            return 0
        model = rng.choice(earlier)
        vendor = model.vendor
        tt = rng.choice(self.world.texts_for(key[1], vendor, rng))
        amount = math.exp(rng.uniform(math.log(lo), math.log(40 * median)))
        u = rng.choice((10, 1000, 1000, 10000, 100000)) if amount > 1e6 else rng.choice((100, 1000))
        self.used.add(index)
        card = payment.card if amount < 5e6 else 0
        self.plant(
            self.world.workday(payment.day + rng.randint(-6, 6), self.year_of(payment.day)),
            key[0],
            key[1],
            vendor,
            self.world.fill(tt, key[0], payment.day, rng=rng),
            round(amount / u) * u,
            card,
            payment.project,
            "far_above_department",
        )
        return 1

    def small_repeated(self, attempt, left):
        """Many small payments to one vendor in a few weeks."""
        rng = self.rng
        if left < 6 and attempt > 1 and (rng.random() < 0.9):
            left = 6
        account, trades, lo, hi = rng.choice(
            [
                ("사무관리비", ("stat", "print", "mart"), 90000, 490000),
                ("재료비", ("mat", "mart"), 120000, 480000),
                ("시책추진업무추진비", ("meal",), 120000, 290000),
                ("부서운영업무추진비", ("meal", "mart", "cafe"), 60000, 200000),
                ("공공운영비", ("maint", "car"), 150000, 480000),
                ("행사운영비", ("print", "event"), 180000, 490000),
                ("자산및물품취득비", ("equip",), 280000, 490000),
            ]
        )
        ds = [k[0] for k in self.by_pair if k[1] == account and len(self.by_pair[k]) > 25]
        if not ds:
            return 0
        dept = rng.choice(ds)
        earlier = [
            self.rows[index]
            for index in self.by_pair[dept, account]
            if self.world.vendor_trade[self.rows[index].vendor] in trades
        ]
        if not earlier:
            return 0
        model = rng.choice(earlier)
        year = rng.choice(YEARS[1:])
        if self.year_of(model.day) > year:
            year = self.year_of(model.day)
        n = min(max(left, 6), rng.randint(6, 16))
        day = self.random_day(year)
        draw = rng.random()
        base = rng.randint(int(lo * 0.6 + hi * 0.4) // 1000, hi // 1000) * 1000
        text = self.world.texts_for(account, model.vendor, rng)
        text = rng.sample(text, min(3, len(text)))
        card = int(rng.random() < max(0.2, ACCOUNTS[account].card_share))
        gap = rng.choice((1, 2, 3, 4))
        if day + n * gap * 1.5 > YEAR_END[year]:
            day = int(YEAR_END[year] - n * gap * 1.5 - 5)
        for _ in range(n):
            paid = self.world.workday(day, year)
            amount = (
                base
                if draw < 0.3
                else rng.randint(int(base * 0.85) // 100, base // 100) * 100
                if draw < 0.65
                else rng.randint(lo // 500, hi // 500) * 500
            )
            self.plant(
                paid,
                dept,
                account,
                model.vendor,
                self.world.fill(text[0] if draw < 0.5 else rng.choice(text), dept, paid, rng=rng),
                amount,
                card,
                model.project,
                "small_repeated",
            )
            day = paid + rng.randint(0 if gap > 1 else 1, gap)
        return n

    def duplicate(self, attempt, left):
        """A payment made twice."""
        rng = self.rng
        index, payment = self.pick(
            lambda payment: (
                payment.amount >= 110000
                and payment.kind in ("base", "rec", "evt", "wrk", "ext")
                and (payment.account != "국내여비")
                and (payment.amount % 10000 or payment.amount > 900000)
                and (payment.day < YEAR_END[self.year_of(payment.day)] - 4)
            )
        )
        if payment is None:
            return 0
        year = self.year_of(payment.day)
        day = payment.day + rng.choice((1, 2, 3, 4, 5, 7, 7, 10, 13, 15, 18, 21, 28, 30, 35, 44))
        if day > YEAR_END[year] - 1:
            day = min(payment.day + 3, YEAR_END[year] - 1)
        day = self.world.workday(day, year)
        draw = rng.random()
        text = payment.text
        if day <= payment.day:
            return 0
        if draw > 0.55:
            text = self.retyped(text, draw)
        self.used.add(index)
        self.plant(
            day,
            payment.spender,
            payment.account,
            payment.vendor,
            text,
            payment.amount,
            payment.card if rng.random() < 0.85 else 0,
            payment.project if rng.random() < 0.8 else rng.choice(self.world.projects[payment.spender]),
            "duplicate",
        )
        return 1

    def retyped(self, text, draw):
        """The text as somebody types it a second time; `draw` says how, from 0.55 to 1."""
        if draw < 0.65:
            return text.replace(" ", "", 1)
        if draw < 0.8:
            return text + self.rng.choice((".", " 지급", " 건", "(추가)"))
        if draw < 0.88:
            return text.replace("(", " ", 1).replace(")", "", 1)
        if len(text) > 6 and draw < 0.92:
            return text[:-1]
        return text.replace(" 구입", " 구매").replace("월분", "월").replace("제작", "제작비")

    def off_hours_card(self, attempt, left):
        """A card used on a day off or at night."""
        rng = self.rng
        index, payment = self.pick(
            lambda payment: (
                payment.card
                and payment.kind in ("base", "sib", "hab")
                and (payment.account in CARD_ACCOUNTS)
                and (not is_off(payment.day))
                and (payment.amount > 15000)
            )
        )
        if payment is None:
            return 0
        year = self.year_of(payment.day)
        draw = rng.random()
        self.used.add(index)
        payment.label = "off_hours_card"
        if self.layout == 2 or draw < 0.55:
            month = date_of(payment.day).month
            holidays = [day for day in MONTH_DAYS[year, month][2] if day in HOLIDAYS] if rng.random() < 0.3 else []
            payment.day = rng.choice(holidays or MONTH_DAYS[year, month][2])
            payment.minute = rng.choice((rng.randint(620, 840), rng.randint(1080, 1300), rng.randint(1320, 1439)))
        else:
            payment.minute = rng.randint(1370, 1439) if rng.random() < 0.55 else rng.randint(1, 290)
        return 1

    def new_vendor_large(self, attempt, left):
        """A large first payment to a vendor never seen."""
        rng = self.rng
        key = rng.choice(list(self.by_pair))
        account = key[1]
        if account not in PURCHASE_ACCOUNTS or len(self.by_pair[key]) < 25:
            return 0
        _, high, _, _ = self.levels(key)
        index = rng.choice(self.by_pair[key])
        payment = self.rows[index]
        if payment.day <= YEAR_END[FIRST_YEAR]:
            return 0
        trade = self.world.vendor_trade[payment.vendor]
        if trade in ("util", "person", "staff"):
            return 0
        state = self.world.rng.getstate()
        self.world.rng.seed(rng.random())
        vendor = self.world.new_vendor(trade)
        self.world.rng.setstate(state)
        amount = max(high * rng.uniform(1.1, 3.2), 3e6)
        u = rng.choice((10, 1000, 10000, 110000))
        self.plant(
            self.world.workday(payment.day + rng.randint(-9, 9), self.year_of(payment.day)),
            key[0],
            account,
            vendor,
            self.world.fill(rng.choice(self.world.texts_for(account, vendor, rng)), key[0], payment.day, rng=rng),
            round(amount / u) * u,
            0,
            payment.project,
            "new_vendor_large",
        )
        return 1

    def unused_account(self, attempt, left):
        """An account the department never uses."""
        rng = self.rng
        first_years = {name: first_year for name, _, _, first_year in DEPARTMENTS}
        account = rng.choice([name for name, spec in ACCOUNTS.items() if spec.weight < 8])
        users = [k for k in self.by_pair if k[1] == account and len(self.by_pair[k]) >= 12]
        unused = [dept for dept in first_years if (dept, account) not in self.by_pair and (dept, account, "u") not in self.used]
        if not users or not unused:
            return 0
        dept = rng.choice(unused)
        by_amount = sorted(self.by_pair[rng.choice(users)], key=lambda index: self.rows[index].amount)
        payment = self.rows[by_amount[int(len(by_amount) * rng.uniform(0.25, 0.85))]]
        if (
            payment.day <= YEAR_END[FIRST_YEAR]
            or payment.kind == "can"
            or self.year_of(payment.day) < FIRST_YEAR + first_years[dept] + (first_years[dept] > 0)
        ):
            return 0
        self.used.add((dept, account, "u"))
        day = self.world.workday(payment.day + rng.randint(-15, 15), self.year_of(payment.day))
        self.plant(
            day,
            dept,
            account,
            payment.vendor if self.world.vendor_trade[payment.vendor] != "staff" else rng.choice(self.world.staff[dept]),
            self.world.fill(rng.choice(self.world.texts_for(account, payment.vendor, rng)), dept, day, rng=rng),
            payment.amount,
            payment.card,
            rng.choice(self.world.projects[dept]),
            "unused_account",
        )
        return 1

    @staticmethod
    def odd_kinds(group):
        """Kinds of odd texts that a group of accounts really is not for."""
        if group in (3, 12):
            return ["가전·개인", "기타"]
        return ["오락", "기타"] + (["선물·상품권"] if group != 5 else []) + (["가전·개인"] if group != 7 else [])

    def foreign_text(self, attempt, left):
        """A text that does not belong to the account."""
        rng = self.rng
        index, payment = self.pick(
            lambda payment: (
                payment.kind in ("base", "sib", "evt") and 8000 < payment.amount and (payment.account not in ("포상금",))
            )
        )
        if payment is None:
            return 0
        if rng.random() < 0.55:
            if payment.amount > 12e6:
                return 0
            text = rng.choice(ODD_TEXTS[rng.choice(self.odd_kinds(ACCOUNT_GROUPS[payment.account]))])
            if rng.random() < 0.35:
                text = rng.choice(("{pj} ", "{pl} ", "직원용 ", "{ev} ", "행사용 ")) + text
        else:
            other = rng.choice([name for name in ACCOUNTS if far_apart(ACCOUNT_GROUPS[name], ACCOUNT_GROUPS[payment.account])])
            text = rng.choice(ACCOUNTS[other].texts)
            if rng.random() < 0.4:
                users = [k for k in self.by_pair if k[1] == other and self.rows[self.by_pair[k][0]].day < payment.day]
                if users:
                    payment.vendor = self.rows[self.by_pair[rng.choice(users)][0]].vendor
        payment.text = self.world.fill(text, payment.spender, payment.day, rng=rng)
        payment.label = "foreign_text"
        self.used.add(index)
        return 1

    def split_contract(self, attempt, left):
        """A contract cut into pieces below a limit."""
        rng = self.rng
        limit, accounts = rng.choice(
            [
                (20000000, ("시설비", "자산및물품취득비", "연구용역비", "전산개발비", "사무관리비", "행사운영비")),
                (20000000, ("시설비", "시설비", "전산개발비")),
                (10000000, ("시설비", "자산및물품취득비", "행사운영비", "사무관리비", "재료비")),
                (5000000, ("사무관리비", "자산및물품취득비", "행사운영비", "재료비", "공공운영비")),
                (2000000, ("사무관리비", "자산및물품취득비", "재료비", "공공운영비", "행사운영비")),
                (50000000, ("시설비",)),
                (500000, ("시책추진업무추진비", "기관운영업무추진비")),
            ]
        )
        account = rng.choice(accounts)
        pairs = [k for k in self.by_pair if k[1] == account and len(self.by_pair[k]) > 15]
        if not pairs:
            return 0
        dept = rng.choice(pairs)[0]
        model = self.rows[rng.choice(self.by_pair[dept, account])]
        year = max(self.year_of(model.day), 2021)
        if self.world.vendor_trade[model.vendor] in ("person", "staff", "util", "press"):
            return 0
        n = min(rng.choice((2, 3, 3, 4, 4, 5, 6, 7)), max(2, left))
        gap = rng.choice((0, 1, 2, 4, 7))
        day = self.random_day(year)
        base = rng.uniform(0.9, 0.995) * limit
        equal = rng.random() < 0.4
        form = rng.randrange(4)
        if day + n * (gap + 2) > YEAR_END[year]:
            day = YEAR_END[year] - n * (gap + 2) - 2
        t0 = self.world.fill(rng.choice(self.world.texts_for(account, model.vendor, rng)), dept, day, rng=rng)
        n = min(n, 3) if "업무" in account else n
        places = rng.sample(PLACES, n)
        unit = 1000 if limit < 3e6 else 10000 if rng.random() < 0.6 else 10
        card = int("업무" in account)
        for index in range(n):
            text = (
                t0 + f" {index + 1}차"
                if form == 0
                else f"{t0}({places[index]})"
                if form == 1
                else t0
                if form == 2
                else self.world.fill(rng.choice(self.world.texts_for(account, model.vendor, rng)), dept, day, rng=rng)
            )
            amount = base if equal else rng.uniform(0.86, 0.998) * limit
            paid = self.world.workday(day, year)
            self.plant(
                paid,
                dept,
                account,
                model.vendor,
                text,
                min(round(amount / unit) * unit, limit - unit),
                card,
                model.project,
                "split_contract",
            )
            day = paid + rng.randint(0, gap)
        return n
