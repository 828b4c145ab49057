"""Three exports of the university: a groupware xlsx per year, SAP-like CP949 CSVs per half-year, a two-sheet ledger per year.

Comes in: the world with all payments. Goes out: files and the planted rows among them. Refuses: other layouts.
"""

import random
from collections import defaultdict

from ..days import clock, date_of
from ..files import quoted, write_cells
from .world import fiscal_year

VARIANT_SHARE = 0.015
STATEMENT_HEADER = [
    "순번",
    "회계구분",
    "결의일자",
    "승인시각",
    "결의번호",
    "부서명",
    "계정과목",
    "거래처",
    "사업자등록번호",
    "적요",
    "지출금액",
    "지급방법",
    "카드번호",
    "발의자",
    "비고",
]
VOUCHER_HEADER = (
    "회사코드,전표번호,전표일자,계정코드,계정과목,부서코드,부서명,적요,금액,통화,지급방법,사업자등록번호,거래처명,담당자"
)
LEDGER_HEADER = [
    "No",
    "집행부서",
    "담당자",
    "결의일자",
    "문서번호",
    "세부사업",
    "계정과목",
    "내역",
    "업체명",
    "지급방법",
    "카드번호",
    "집행금액",
    "증빙",
]
STATEMENT_WIDTHS = [6, 14, 11, 9, 15, 22, 14, 24, 14, 40, 13, 9, 20, 8, 8]
LEDGER_WIDTHS = [6, 22, 8, 17, 16, 30, 14, 40, 24, 9, 20, 13, 10]


def method(payment):
    """How it was paid, as the exports say it."""
    return "법인카드" if payment.card else "계좌이체"


def in_first_half(payment):
    """Whether the payment is of the first half of its fiscal year, March to August."""
    return 3 <= date_of(payment.day).month <= 8


class Layouts:
    """Writers of the three layouts over one world."""

    def __init__(self, world, export, seed):
        self.world, self.export, self.rng, self.serial = world, export, random.Random(seed * 31 + 3), 100000

    def vendor_name(self, payment):
        """The vendor's name, now and then spelled differently."""
        name = self.world.vendor_name[payment.vendor]
        if self.rng.random() >= VARIANT_SHARE:
            return name
        if "(주)" in name:
            return name.replace("(주)", "㈜")
        return name.replace("주식회사 ", "(주)") if "주식회사" in name else name + " "

    def sheet(self, book, file, name, widths, lines, marks):
        """One worksheet; marks are (row, label) of the payments."""
        money, bold = book.add_format({"num_format": "#,##0"}), book.add_format({"bold": True})
        sheet = book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        for row, line in enumerate(lines):
            formats = {c: money if isinstance(value, int) else bold if row < 4 else None for c, value in enumerate(line)}
            write_cells(sheet, row, line, formats)
        for row, label in marks:
            self.export.mark(file, name, row, label)

    def statement_time(self, payment):
        """Time of approval: to the second for cards, seldom given for transfers."""
        if payment.card:
            return f"{clock(payment.minute)}:{self.rng.randrange(60):02d}"
        return clock(payment.minute) if self.rng.random() < 0.04 else ""

    def statement(self, year, payments):
        """Layout 1: titles, time of card payments, vendor numbers, a total at the foot."""
        file, name = f"지출결의현황_{year}회계연도.xlsx", "지출결의현황"
        last = 29 if (year + 1) % 4 == 0 else 28
        lines = [
            ["지출결의서 집행현황"],
            [f"회계연도 : {year}", None, None, f"기간 : {year}-03-01 ~ {year + 1}-02-{last}"],
            [],
            STATEMENT_HEADER,
        ]
        marks, day, document, total = [], 0, 0, 0
        for number, payment in enumerate(payments, 1):
            document = document + 1 if payment.day == day else 1
            day, total, unit, date = payment.day, total + payment.amount, payment.spender, date_of(payment.day)
            foundation = unit.dept.type == "R" or "산학" in unit.dept_name
            note = ("취소" if payment.card else "반납") if payment.kind == "refund" else ""
            lines.append([
                number, "산학협력단회계" if foundation else "대학회계", date.isoformat(), self.statement_time(payment),
                f"{date:%Y%m%d}-{document:05d}", unit.dept_name, payment.account.name, self.vendor_name(payment),
                self.world.vendor_number[payment.vendor], payment.text, payment.amount, method(payment),
                unit.card_number if payment.card else "", unit.clerk, note,
            ])  # fmt: skip
            marks.append((len(lines), payment.label))
        lines.append([None] * 5 + ["합계", None, None, None, f"{len(payments)}건", total])
        book = self.export.workbook(file)
        self.sheet(book, file, name, STATEMENT_WIDTHS, lines, marks)
        book.close()

    def voucher_line(self, payment):
        """A line of layout 2."""
        self.serial += self.rng.choice([1, 1, 1, 2, 3])
        unit, account, amount = payment.spender, payment.account, payment.amount
        return ",".join((
            "1000" if unit.dept.type != "R" else "2000", f"19{self.serial:08d}", f"{date_of(payment.day):%Y%m%d}", account.code,
            account.name, f"{unit.dept.type}{1000 + unit.dept.index:04d}", unit.dept_name, quoted(payment.text),
            f'"{amount:,}"' if abs(amount) > 999 else str(amount), "KRW", method(payment),
            self.world.vendor_number[payment.vendor].replace("-", ""), quoted(self.vendor_name(payment)), unit.clerk,
        ))  # fmt: skip

    def vouchers(self, year, payments):
        """Layout 2: like a list from SAP, without a time."""
        for name, first in (("전반기", True), ("후반기", False)):
            file, lines = f"ZFI_지출전표_{year}_{name}.csv", [VOUCHER_HEADER]
            for payment in payments:
                if in_first_half(payment) == first:
                    lines.append(self.voucher_line(payment))
                    self.export.mark(file, "", len(lines), payment.label)
            self.export.write_lines(file, lines, "cp949")

    def ledger_cells(self, year, number, payment):
        """Cells of layout 3."""
        self.serial += 1
        unit, date = payment.spender, date_of(payment.day)
        proof = "카드전표" if payment.card else "영수증" if self.world.vendor_trade[payment.vendor] == "person" else "세금계산서"
        return [
            number, unit.dept_name, unit.clerk, f"{date:%Y.%m.%d} {clock(payment.minute)}",
            f"{year}-{'산' if unit.dept.type == 'R' else '교'}-{self.serial:06d}",
            unit.project if unit.is_project else unit.dept_name.split()[-1] + " 운영", payment.account.name, payment.text,
            self.vendor_name(payment), method(payment), unit.card_number if payment.card else "", payment.amount, proof,
        ]  # fmt: skip

    def ledger(self, year, payments):
        """Layout 3: two sheets, date with time, monthly subtotals, no vendor number."""
        file = f"산학교비_집행내역_{year}.xlsx"
        book = self.export.workbook(file)
        for name, first in (("전기(3월-8월)", True), ("후기(9월-2월)", False)):
            lines, marks = [[f"{year}학년도 예산 집행내역"], LEDGER_HEADER], []
            month, subtotal = None, 0
            part = [payment for payment in payments if in_first_half(payment) == first]
            for number, payment in enumerate(part, 1):
                if month not in (None, date_of(payment.day).month):
                    lines.append(self.subtotal(month, subtotal))
                    subtotal = 0
                month, subtotal = date_of(payment.day).month, subtotal + payment.amount
                lines.append(self.ledger_cells(year, number, payment))
                marks.append((len(lines), payment.label))
            if month is not None:
                lines.append(self.subtotal(month, subtotal))
            self.sheet(book, file, name, LEDGER_WIDTHS, lines, marks)
        book.close()

    @staticmethod
    def subtotal(month, amount):
        """The line that closes a month of layout 3."""
        return [None, "소계", None, None, None, None, None, f"{month}월 소계", None, None, None, amount]


def write(world, layout, export, seed):
    """Write all payments of the world, fiscal year by fiscal year."""
    layouts = Layouts(world, export, seed)
    write_year = {1: layouts.statement, 2: layouts.vouchers, 3: layouts.ledger}[layout]
    years = defaultdict(list)
    for payment in world.rows:
        years[fiscal_year(payment.day)].append(payment)
    for year in sorted(years):
        write_year(year, years[year])
