"""Three exports of the district office: a titled xlsx per year, a CP949 CSV per year, a UTF-8 CSV per half-year.

Comes in: the world with all payments. Goes out: files and the planted rows among them. Refuses: other layouts.
"""

import random

from ..days import clock, date_of, ordinal
from ..files import quoted, write_cells
from .words import DEPARTMENTS
from .world import YEAR_END, YEARS

HEADER = [
    "연번",
    "회계구분",
    "결의일자",
    "결의번호",
    "부서명",
    "세부사업명",
    "계정과목",
    "적요",
    "거래처",
    "사업자등록번호",
    "지출금액",
    "지급방법",
    "승인시각",
]
EXCEL_EPOCH = ordinal(1899, 12, 30)
VARIANT_SHARE = 0.012


def variant(name, rng):
    """Another spelling of a company name."""
    if name.startswith("(주)"):
        return rng.choice(("㈜", "주식회사 ", "(주) ")) + name[3:]
    if name.startswith("주식회사 "):
        return "(주)" + name[5:]
    if name.startswith("㈜"):
        return "(주)" + name[1:]
    return name.replace(" ", "")


class Layouts:
    """Writers of the three layouts over one world."""

    def __init__(self, world, layout, export, seed):
        self.world, self.layout, self.export = world, layout, export
        self.rng = random.Random(seed * 31 + layout)
        self.cards = {
            name: [f"{self.rng.choice((5409, 4518, 9410))}-****-****-{self.rng.randint(1000, 9999)}" for _ in range(3)]
            for name, *_ in DEPARTMENTS
        }
        self.documents = {}

    def vendor_name(self, payment):
        """The vendor's name, now and then spelled differently."""
        name = self.world.vendor_name[payment.vendor]
        return variant(name, self.rng) if self.rng.random() < VARIANT_SHARE else name

    def document(self, payment, counter):
        """Number of the document: counted by `counter`, shared by payments of one trip (negative contract)."""
        if payment.contract < 0 and payment.contract in self.documents:
            return self.documents[payment.contract]
        self.documents[counter] = number = self.documents.get(counter, 0) + 1
        self.documents[payment.contract] = number
        return number

    def workbook(self, year, payments):
        """A titled sheet with monthly subtotals and a total."""
        file, sheet_name = f"지출결의현황_{year}.xlsx", "지출결의내역"
        book = self.export.workbook(file)
        sheet = book.add_worksheet(sheet_name)
        formats = {2: book.add_format({"num_format": "yyyy-mm-dd"}), 10: book.add_format({"num_format": "#,##0"})}
        sheet.write(0, 0, f"{year}년도 지출결의서 처리현황")
        sheet.write(1, 0, f"가온구 / 회계연도: {year} / 출력일자: {year + 1}-01-25")
        write_cells(sheet, 3, HEADER)
        row, month, subtotal, total = 3, None, 0, 0
        for payment in payments:
            if month and date_of(payment.day).month != month:
                row += 1
                write_cells(sheet, row, [None] * 7 + ["소계", None, None, subtotal], formats)
                subtotal = 0
            month = date_of(payment.day).month
            row += 1
            write_cells(sheet, row, self.cells(row, year, payment), formats)
            subtotal += payment.amount
            total += payment.amount
            self.export.mark(file, sheet_name, row + 1, payment.label)
        for name, amount in (("소계", subtotal), ("합계", total)):
            row += 1
            write_cells(sheet, row, [None] * 7 + [name, None, None, amount], formats)
        book.close()

    def cells(self, row, year, payment):
        """Cells of the first layout."""
        document = self.document(payment, ("year", year))
        return [
            row - 3, "특별회계" if "주차" in payment.spender else "일반회계", payment.day - EXCEL_EPOCH, f"{year}-{document:06d}",
            payment.spender, payment.project, payment.account, payment.text, self.vendor_name(payment),
            self.world.vendor_number[payment.vendor], payment.amount, "법인카드" if payment.card else "계좌이체",
            clock(payment.minute) if payment.card else "",
        ]  # fmt: skip

    def voucher_line(self, payment):
        """A line of the second layout."""
        date, name = date_of(payment.day), self.vendor_name(payment)
        document = self.document(payment, ("day", payment.day))
        monthly = payment.kind == "rec" and self.rng.random() < 0.1
        return ",".join((
            f"{date:%Y%m%d}", f"{date:%Y%m%d}-{document:04d}", quoted(payment.spender), payment.account, quoted(name),
            quoted(payment.text), f'"{payment.amount:,}"', "카드" if payment.card else "이체", "월정" if monthly else "",
        ))  # fmt: skip

    def ledger_line(self, payment):
        """A line of the third layout."""
        name = self.vendor_name(payment)
        document = self.document(payment, ("dept", date_of(payment.day).year, payment.spender))
        number = self.world.vendor_number[payment.vendor].replace("-", "")
        return ",".join((
            f"{date_of(payment.day):%Y.%m.%d} {clock(payment.minute)}", f"{payment.spender}-{document}", quoted(payment.spender),
            quoted(name), number, payment.account, quoted(payment.project), quoted(payment.text), str(payment.amount),
            "법인카드" if payment.card else "계좌이체", self.rng.choice(self.cards[payment.spender]) if payment.card else "",
        ))  # fmt: skip

    def csv(self, file, encoding, titles, line, payments):
        """A CSV file of titles and one line a payment."""
        lines = list(titles)
        for payment in payments:
            lines.append(line(payment))
            self.export.mark(file, "", len(lines), payment.label)
        self.export.write_lines(file, lines, encoding)

    def year(self, year, payments):
        """All files of one year."""
        if self.layout == 1:
            self.workbook(year, payments)
        elif self.layout == 2:
            titles = ["전표일자,전표번호,발의부서,예산과목,업체명,내역,금액,지급방법,비고"]
            self.csv(f"지출부_{year}.csv", "cp949", titles, self.voucher_line, payments)
        else:
            titles = [
                "집행내역 조회,,,,,,,,,,",
                "승인일자,문서번호,집행부서,거래처명,사업자번호,예산비목,세부사업,사용내역,집행금액,결제구분,카드번호",
            ]
            for name, half in (("상", False), ("하", True)):
                part = [payment for payment in payments if (date_of(payment.day).month > 6) == half]
                self.csv(f"{year}_{name}반기_집행내역.csv", "utf-8-sig", titles, self.ledger_line, part)


def write(world, layout, export, seed):
    """Write all payments of the world, in order of day and minute."""
    world.rows.sort(key=lambda payment: (payment.day, payment.minute))
    layouts = Layouts(world, layout, export, seed)
    by_year = {year: [] for year in YEARS}
    for payment in world.rows:
        by_year[date_of(min(payment.day, YEAR_END[YEARS[-1]])).year].append(payment)
    for year, payments in by_year.items():
        layouts.year(year, payments)
