"""Three exports of the corporation: a two-sheet xlsx per year, a CP949 CSV per year with tax apart, a UTF-8 CSV per half-year.

Comes in: the world with all payments. Goes out: files and the planted rows among them. Refuses: other layouts.
"""

import random

import numpy as np

from ..days import clock, date_of
from ..files import quoted, write_cells
from .accounts import ACCOUNT_NAMES
from .words import DEPARTMENTS
from .world import FIRST_YEAR, YEARS

STATEMENT_HEADER = [
    "회계연도",
    "결의번호",
    "결의일자",
    "부서명",
    "계정코드",
    "계정과목",
    "적요",
    "거래처",
    "사업자등록번호",
    "지출금액",
    "지급방법",
    "승인시각",
    "기안자",
]
JOURNAL_HEADER = "전표번호,전표일자,계정과목,집행부서,업체명,내역,공급가액,부가세,합계금액,결제구분"
BUDGET_HEADER = "연번,소속,예산비목,건명,채주,사업자번호,집행금액,지급일자,지급방법,카드번호,문서번호,비고"
TAX = 1.1


def method(payment):
    """How it was paid, as the exports say it."""
    return "법인카드" if payment.card else "계좌이체"


class Layouts:
    """Writers of the three layouts over one world."""

    def __init__(self, world, export, seed):
        self.world, self.export, self.rng = world, export, random.Random(seed + 99)
        self.cards = [[self.card_number() for _ in range(3)] for _ in DEPARTMENTS]

    def card_number(self):
        """A masked card number."""
        return f"{self.rng.choice(['9410', '5531', '4579'])}-****-****-{self.rng.randint(0, 9999):04d}"

    def statement_cells(self, year, number, payment):
        """Cells of layout 1."""
        return [
            year, f"{year}-{number:06d}", date_of(payment.day).isoformat(), DEPARTMENTS[payment.spender].name,
            5100 + 10 * payment.account, ACCOUNT_NAMES[payment.account], payment.text, self.world.vendor_name[payment.vendor],
            self.world.vendor_number[payment.vendor], payment.amount, method(payment),
            f"{clock(payment.minute)}:{self.rng.randint(0, 59):02d}", self.rng.choice(self.world.staff[payment.spender][:6]),
        ]  # fmt: skip

    def statement(self, year, payments):
        """Layout 1: two sheets a year with monthly subtotals."""
        file, number = f"지출결의내역_{year}.xlsx", 0
        book = self.export.workbook(file)
        formats = {9: book.add_format({"num_format": "#,##0"})}
        for name, first, last in (("상반기", 1, 6), ("하반기", 7, 12)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, [f"{year}년도 지출결의 내역({name})"])
            sheet.write_row(1, 0, ["기관명: 한빛문화시설공단", "", "", "단위: 원"])
            write_cells(sheet, 3, STATEMENT_HEADER)
            row, month, subtotal = 4, None, 0
            for payment in payments:
                date = date_of(payment.day)
                if not first <= date.month <= last:
                    continue
                if month not in (None, date.month):
                    write_cells(sheet, row, [f"{month}월 소계"] + [None] * 8 + [subtotal], formats)
                    row, subtotal = row + 1, 0
                month, subtotal, number = date.month, subtotal + payment.amount, number + 1
                write_cells(sheet, row, self.statement_cells(year, number, payment), formats)
                row += 1
                self.export.mark(file, name, row, payment.label)
            write_cells(sheet, row, [f"{month or first}월 소계"] + [None] * 8 + [subtotal], formats)
        book.close()

    def journal(self, year, payments):
        """Layout 2: one list a year without a time, supply and tax in columns of their own."""
        file, lines, numbers = f"전표원장_{year}.csv", [JOURNAL_HEADER], {}
        for payment in payments:
            numbers[payment.day] = numbers.get(payment.day, 0) + 1
            date, amount = f"{date_of(payment.day):%Y%m%d}", payment.amount
            supply = int(round(amount / TAX)) if self.world.vendor_number[payment.vendor] else amount
            lines.append(",".join((
                f"{date}{numbers[payment.day]:04d}", date, ACCOUNT_NAMES[payment.account], DEPARTMENTS[payment.spender].name,
                quoted(self.world.vendor_name[payment.vendor]), quoted(payment.text), f'"{supply:,}"', f'"{amount - supply:,}"',
                f'"{amount:,}"', method(payment),
            )))  # fmt: skip
            self.export.mark(file, "", len(lines), payment.label)
        self.export.write_lines(file, lines, "cp949")

    def budget_line(self, year, half, number, payment):
        """A line of layout 3."""
        name = DEPARTMENTS[payment.spender].name
        document = number + half * (500000 if self.world.size > 400000 else 50000)
        return ",".join((
            str(number), name, ACCOUNT_NAMES[payment.account], quoted(payment.text), quoted(self.world.vendor_name[payment.vendor]),
            self.world.vendor_number[payment.vendor].replace("-", ""), str(payment.amount),
            f"{date_of(payment.day):%Y.%m.%d} {clock(payment.minute)}", method(payment),
            self.rng.choice(self.cards[payment.spender]) if payment.card else "", f"{name[:2]}-{year}-{document:05d}",
            "여입" if payment.amount < 0 else "",
        ))  # fmt: skip

    def budget(self, year, payments):
        """Layout 3: two files a year with titles, date with time, a total at the foot."""
        for half, (name, period) in enumerate(
            (("상반기", f"{year}.01.01 ~ {year}.06.30"), ("하반기", f"{year}.07.01 ~ {year}.12.31"))
        ):
            file = f"집행현황_{year}_{name}.csv"
            part = [payment for payment in payments if (date_of(payment.day).month > 6) == bool(half)]
            lines = ["한빛문화시설공단 예산집행현황" + "," * 11, f"기간: {period}" + "," * 11, BUDGET_HEADER]
            for number, payment in enumerate(part, 1):
                lines.append(self.budget_line(year, half, number, payment))
                self.export.mark(file, "", len(lines), payment.label)
            lines.append(f"합계,,,,,,{sum(payment.amount for payment in part)},,,,,")
            self.export.write_lines(file, lines, "utf-8-sig")


def write(world, layout, export, seed):
    """Write all payments of the world: by day, and by minute where the layout tells it."""
    days, minutes = [p.day for p in world.rows], [p.minute for p in world.rows]
    tie = np.random.default_rng([seed, 3]).random(len(days))
    order = np.lexsort((tie, days) if layout == 2 else (tie, minutes, days))
    layouts = Layouts(world, export, seed)
    write_year = {1: layouts.statement, 2: layouts.journal, 3: layouts.budget}[layout]
    years = {year: [] for year in range(FIRST_YEAR, FIRST_YEAR + YEARS)}
    for index in order.tolist():
        years[date_of(world.rows[index].day).year].append(world.rows[index])
    for year, payments in years.items():
        write_year(year, payments)
