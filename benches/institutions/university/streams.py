"""Ordinary spending of the university, stream by stream.

Comes in: the number of payments wanted. Goes out: `rows`, every payment without a label.
Refuses: nothing; a draw that fits no unit is drawn again.
"""

import math
from bisect import bisect
from itertools import accumulate, count

from ..days import date_of, month_days
from .accounts import ACCOUNTS, BY_NAME, CONTRACTS
from .texts import describe, person, round_amount, typo
from .words import BUILDINGS, EVENTS, FIXED_VENDORS
from .world import FIRST_DAY, LAST_DAY, World, workday, year_start

GAS_BY_MONTH = [2.6, 2.3, 1.5, 0.8, 0.45, 0.3, 0.28, 0.25, 0.3, 0.55, 1.2, 2.1]
BILL_FORMS = ["{n} {m}월분", "{y}년 {m}월 {n}", "{n}({m}월)", "{m}월 {n} 지급", "{d} {n} {m}월", "{n}_{y}.{m:02d}"]


def season_factor(trade, year, month):
    """What the season and dearer energy make of a utility bill; 1 for everything else."""
    if trade == "power":
        return (1 + 0.38 * (month in (7, 8, 9)) + 0.22 * (month in (12, 1, 2))) * (1 + 0.09 * (year - 2020) * (year > 2021))
    if trade == "gas":
        return GAS_BY_MONTH[month - 1]
    if trade == "water":
        return 1 + 0.2 * (month in (5, 6, 7, 9, 10)) - 0.3 * (month in (1, 2))
    return 1


class University(World):
    """The university with five years of ordinary spending."""

    def contracts(self, target):
        """Rents, utilities, subscriptions, salaries of students."""
        rng, paid, number = self.rng, 0, 0
        large = [dept for dept in self.departments if dept.type in "FDL"]
        sums = list(accumulate(row[8] for row in CONTRACTS))
        while paid < target:
            row = CONTRACTS[bisect(sums, rng.random() * sums[-1])]
            account, types = BY_NAME[row[0]], row[7]
            among = large if rng.random() < 0.35 and set(types) & set("FDL") else self.departments
            dept = rng.choice([dept for dept in among if dept.type in types] or self.departments)
            if dept.type not in types or (dept.weights[account.index] == 0 and rng.random() < 0.8):
                continue
            number += 1
            paid += self.contract(row, number, rng.choice(dept.units))

    def contract(self, row, number, unit):
        """One contract from its first to its last month; returns the number of payments."""
        name, name_of_bill, least, most, jitter, period, trade, _, _ = row
        rng, account, dept, paid = self.rng, BY_NAME[name], unit.dept, 0
        vendor = self.pick(rng, trade)
        amount = math.exp(rng.uniform(math.log(least), math.log(most))) if rng.random() < 0.8 else least * 1.7
        form = rng.choice(BILL_FORMS)
        if dept.type in "CR" and amount > 12e6:
            amount /= 9
        if jitter < 0.02:
            amount = round_amount(rng, amount)
        start, end = self.term(unit, account, trade)
        card = 1 if rng.random() < 0.15 and amount < 600000 and trade != "person" else 0
        day_of_month = rng.choice([5, 10, 10, 15, 20, 21, 25, 25, 25, 27])
        rises_in_january = rng.random() < 0.35
        title = name_of_bill if rng.random() < 0.7 or trade == "person" else rng.choice(BUILDINGS) + " " + name_of_bill
        year, month = date_of(start).year, date_of(start).month
        for tick in count():
            first, length = month_days(year, month)
            day = first + min(day_of_month, length) - 1 + rng.choice([0, 0, 0, 0, 1, -1, 2, 3])
            if day > end or day > LAST_DAY - 3:
                return paid
            if (month == 3 or (month == 1 and rises_in_january)) and tick > 5 and rng.random() < 0.62:
                amount *= 1 + rng.choice([0.01, 0.02, 0.025, 0.03, 0.045, 0.06])
                amount = round_amount(rng, amount) if jitter < 0.02 else amount
                if trade not in FIXED_VENDORS and trade != "person" and rng.random() < 0.14:
                    vendor = self.pick(rng, trade)
                    amount = round_amount(rng, amount * rng.uniform(0.88, 1.12))
            if tick % period == 0 and day >= start and rng.random() > 0.018:
                due = self.due(amount, jitter, trade, year, month)
                late = rng.random() < 0.04
                day = workday(max(FIRST_DAY, day + (rng.randrange(6, 24) if late else 0)))
                minute = self.clock(rng, account, 0)
                text = form.format(n=title, m=month, y=year, d=unit.dept_name.split()[-1])
                text += f" {unit.lab}" if trade == "person" and rng.random() < 0.6 else ""
                kind = "yearly" if period == 12 else "contract"
                self.add(day, minute, unit, account, vendor, typo(rng, text), due, card, number, "", kind)
                paid += 1
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)

    def term(self, unit, account, trade):
        """First and last day of a contract; students stay with their unit and for three years at most."""
        rng, person_paid = self.rng, trade == "person"
        holder = unit if person_paid else unit.dept
        start, end = max(holder.start, year_start(account.first_year)), min(holder.end, LAST_DAY)
        if rng.random() >= 0.6 and start < LAST_DAY - 320:
            start = rng.randrange(start, LAST_DAY - 300)
        if person_paid:
            end = min(end, start + rng.choice([180, 365, 730]))
        elif rng.random() < 0.2:
            end = min(end, start + rng.choice([365, 730, 1095]))
        return start, end

    def due(self, amount, jitter, trade, year, month):
        """What a bill of the month comes to, in won."""
        rng = self.rng
        due = amount * math.exp(rng.gauss(0, jitter)) if jitter else amount
        if rng.random() < 0.012 and jitter:
            due *= rng.uniform(1.2, 1.55)
        return max(int(round(due * season_factor(trade, year, month) / 10) * 10), 5000)

    def routines(self, target):
        """Weekly or fortnightly equal amounts of a unit at one vendor."""
        rng = self.rng
        n = 0
        options = [
            ("연구재료비", "질소가스 충전"),
            ("연구재료비", "실험동물 사료"),
            ("회의비", "랩미팅 다과"),
            ("소모품비", "생수 구입"),
            ("회의비", "주간회의 식대"),
            ("특근매식비", "야간근무 석식"),
            ("통신비", "등기우편 발송"),
            ("차량유지비", "관용차 주유"),
            ("학생활동지원비", "학습공동체 활동비"),
            ("강사료", "어학강좌 강사료"),
        ]
        while n < target:
            unit = rng.choice(self.units)
            account_name, title = rng.choice(options)
            account = BY_NAME[account_name]
            if unit.dept.weights[account.index] == 0:
                continue
            vendor = self.pick(rng, rng.choice(account.trades))
            amount = round_amount(rng, math.exp(self.level(unit, account)) * rng.uniform(0.4, 1.1))
            start = rng.randrange(unit.start, max(unit.start + 1, unit.end - 60))
            day = start
            end = min(unit.end, start + rng.randrange(50, 260), LAST_DAY - 3)
            step = rng.choice([7, 7, 14, 14, 21])
            while day < end:
                if rng.random() > 0.12:
                    self.pay(
                        rng,
                        unit,
                        account,
                        day + rng.choice([0, 0, 0, 1, -1]) if day > FIRST_DAY else day,
                        vendor,
                        amount if rng.random() < 0.75 else round_amount(rng, amount * rng.uniform(0.6, 1.6)),
                        typo(
                            rng,
                            title
                            + rng.choice(
                                ["", f"({unit.lab})", f" {date_of(day).month}월", f" {date_of(day).month}/{date_of(day).day}"]
                            ),
                        ),
                    )
                    n += 1
                day += step

    def events(self, target):
        """Many payments of a unit around one day."""
        rng = self.rng
        n = 0
        accounts = [
            BY_NAME[x] for x in "행사비 인쇄비 회의비 임차료 강사료 국내여비 학생활동지원비 전문가활용비 소모품비".split()
        ]
        while n < target:
            dept = self.departments[bisect(self.department_sums, rng.random() * self.department_sums[-1])]
            unit = rng.choice(dept.units)
            usable = [account for account in accounts if dept.weights[account.index] > 0]
            event = rng.choice(EVENTS)
            day = self.date(rng, unit, BY_NAME["행사비"])
            if not usable or not day:
                continue
            tag = event if rng.random() < 0.6 else f"{date_of(day).year} {event}"
            meal = self.pick(rng, "food")
            price = rng.choice([8000, 9000, 10000, 12000]) * rng.randrange(5, 30)
            for _ in range(rng.randrange(4, 13)):
                account = rng.choice(usable)
                paid = min(max(day + rng.randrange(-9, 6), FIRST_DAY), LAST_DAY)
                if account.trades[0] == "food" and rng.random() < 0.6:
                    self.pay(rng, unit, account, paid, meal, price if rng.random() < 0.7 else None, f"{tag} 식대")
                elif account.trades[0] == "person" and rng.random() < 0.6:
                    self.pay(
                        rng,
                        unit,
                        account,
                        paid,
                        None,
                        rng.choice([100000, 200000, 300000]),
                        typo(rng, f"{tag} {rng.choice(account.items)}({person(rng)})"),
                    )
                else:
                    self.pay(
                        rng,
                        unit,
                        account,
                        paid,
                        None,
                        None,
                        typo(rng, f"{tag} {rng.choice(account.items)}" + rng.choice(["", " 구입", "비", " 대금"])),
                    )
                n += 1

    def instalments(self, target):
        """Works, instruments and commissions paid in parts."""
        rng = self.rng
        n = 0
        WORKS = [
            ("시설공사비", 60000000.0, 0.9, "build"),
            ("기자재구입비", 45000000.0, 0.8, "equip"),
            ("용역비", 40000000.0, 0.7, "svc"),
            ("위탁연구비", 60000000.0, 0.6, "lab"),
            ("시설공사비", 240000000.0, 0.9, "build"),
            ("용역비", 24000000.0, 0.6, "it"),
        ]
        while n < target:
            account_name, base, sigma, trade = rng.choice(WORKS)
            account = BY_NAME[account_name]
            dept = rng.choice(self.departments)
            if dept.weights[account.index] == 0 or (base > 100000000.0 and dept.type not in "FD"):
                continue
            unit = rng.choice(dept.units)
            total = base * math.exp(rng.gauss(0, sigma))
            parts = rng.choice([2, 2, 3, 3, 4, 5])
            day = self.date(rng, unit, account)
            if not day:
                continue
            vendor = self.pick(rng, trade) if rng.random() < 0.6 else self.new_vendor(rng, trade)
            title = describe(rng, unit, account, day)
            shares = [rng.uniform(0.6, 1.4) for _ in range(parts)]
            shares[0] *= rng.choice([1, 1.4])
            for number in range(parts):
                if day > LAST_DAY - 3 or day > unit.end:
                    break
                stage = (
                    "선급금"
                    if number == 0 and parts > 1 and (account_name != "위탁연구비")
                    else ("준공금" if "공사" in account_name else "잔금")
                    if number == parts - 1
                    else f"{number + 1}차 기성"
                    if "공사" in account_name
                    else f"{number + 1}차"
                )
                amount = total * shares[number] / sum(shares)
                self.add(
                    workday(day),
                    self.clock(rng, account, 0),
                    unit,
                    account,
                    vendor,
                    f"{title} {stage}" if rng.random() < 0.7 else f"{title}({stage})",
                    round(amount / 10000) * 10000 if rng.random() < 0.6 else round(amount / 10) * 10,
                    0,
                )
                n += 1
                day += rng.randrange(25, 110)

    def build(self, wanted):
        """All streams, `wanted` payments in total."""
        rng = self.rng
        self.contracts(wanted * (0.085 - 0.03 * self.breadth))
        self.routines(wanted * 0.022)
        self.events(wanted * 0.03)
        self.instalments(wanted * 0.006)
        refunds = int(wanted * 0.003)
        while len(self.rows) < wanted - refunds:
            dept = self.departments[
                min(bisect(self.department_sums, rng.random() * self.department_sums[-1]), len(self.departments) - 1)
            ]
            unit = dept.units[min(bisect(dept.unit_sums, rng.random() * dept.unit_sums[-1]), len(dept.units) - 1)]
            account = ACCOUNTS[min(bisect(unit.account_sums, rng.random() * unit.account_sums[-1]), len(ACCOUNTS) - 1)]
            if dept.weights[account.index] == 0:
                continue
            day = self.date(rng, unit, account)
            if day is None:
                continue
            self.pay(rng, unit, account, day)
        for i in rng.sample(range(len(self.rows)), refunds):
            payment = self.rows[i]
            day = workday(min(payment.day + rng.choice([0, 1, 1, 2, 3, 5, 9, 20]), LAST_DAY - 2))
            part = rng.random() < 0.2 and (not payment.card)
            self.add(
                max(day, payment.day),
                min(payment.minute + 7, 1439),
                payment.spender,
                payment.account,
                payment.vendor,
                ("[취소] " + payment.text if rng.random() < 0.5 else payment.text + " 승인취소")
                if payment.card
                else payment.text + rng.choice([" 반납", " 여입", " 집행잔액 반납"]),
                -(round_amount(rng, payment.amount * rng.uniform(0.1, 0.6)) if part else abs(payment.amount)),
                payment.card,
                -1,
                "",
                "refund",
            )
        self.rows.sort(key=lambda payment: payment.day)
