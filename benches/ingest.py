#!/usr/bin/env python3
"""Reading and cleaning the same files: ledgerwatch against pandas, as ratios in one run.

Comes in: the program's path. Goes out: seconds, peak memory and ratios, as a table and as JSON.
Refuses: to quote one side alone; both read the same files in the same run, one after the other.

    python3 benches/ingest.py target/release/ledgerwatch [--files 5] [--rows 200000] [--csv-rows 1000000,5000000]

Needs: pip install pandas openpyxl python-calamine xlsxwriter
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEADERS = [
    "결의번호",
    "결의일자",
    "부서명",
    "계정과목",
    "거래처",
    "사업자등록번호",
    "적요",
    "지급방법",
    "발의자",
    "구분",
    "승인시각",
    "금액",
]
DEPARTMENTS = [f"{name}과" for name in "총무 재무 기획 홍보 민원 세무 회계 복지 환경 교통 건설 도시 문화 체육 교육 보건".split()]
ACCOUNTS = ["사무관리비", "국내여비", "업무추진비", "행사운영비", "공공운영비", "시설비", "자산취득비", "연구용역비"]
WORDS = "복사용지 토너 구입 출장 회의 다과 현수막 제작 임차 수리 교체 점검 용역 대금 지급 기념품 인쇄 배송 소모품 3월분 추가 긴급".split()


def date_text(rng, year, month, day):
    """One of the spellings Korean exports use."""
    return rng.choice(
        [
            f"{year}-{month:02}-{day:02}",
            f"{year}.{month}.{day}.",
            f"{year}. {month}. {day}",
            f"{year}년 {month}월 {day}일",
            f"{year}{month:02}{day:02}",
            f"{year}/{month:02}/{day:02}",
            f"{year}-{month:02}-{day:02} 00:00:00",
        ]
    )


def amount_text(rng, amount):
    """One of the spellings Korean exports use."""
    if rng.random() < 0.03:
        return rng.choice([f"△{amount:,}", f"({amount:,})", f"-{amount:,}"])
    return rng.choice([f"{amount:,}", str(amount), f"{amount:,}원", f"￦{amount:,}", f"₩{amount:,}"])


def rows(rng, n, start):
    vendors = [f"{rng.choice('가나다라마바사')}{rng.choice('아자차카타파하')}상사{i}" for i in range(3000)]
    for i in range(n):
        year, month, day = rng.randint(2020, 2024), rng.randint(1, 12), rng.randint(1, 28)
        vendor = rng.randrange(len(vendors))
        yield [
            f"{year}-{start + i:07}",
            date_text(rng, year, month, day),
            rng.choice(DEPARTMENTS),
            rng.choice(ACCOUNTS),
            vendors[vendor],
            f"{100 + vendor % 900}-{vendor % 90 + 10}-{vendor + 10000}",
            " ".join(rng.choice(WORDS) for _ in range(4)) + f" {i % 997}",
            rng.choice(["계좌이체", "법인카드"]),
            f"담당{rng.randrange(200)}",
            "지출",
            f"{rng.randint(8, 19):02}:{rng.randint(0, 59):02}",
            amount_text(rng, rng.randint(1, 90_000) * 100),
        ]


def write_xlsx(path, n, seed):
    import xlsxwriter

    rng = random.Random(seed)
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("지출")
    sheet.write_row(0, 0, HEADERS)
    for i, row in enumerate(rows(rng, n, seed * n), start=1):
        for j, cell in enumerate(row):
            sheet.write_string(i, j, cell)
    book.close()


def write_csv(path, n, seed):
    import csv

    rng = random.Random(seed)
    with open(path, "w", encoding="cp949", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADERS)
        # One part in ten is generated; the numbers of its documents make every row another.
        part = list(rows(rng, max(1, n // 10), 0))
        for i in range(n):
            row = part[i % len(part)]
            # CP949 has only the full-width won sign.
            writer.writerow([f"{row[0][:5]}{i:07}", *row[1:11], row[11].replace("₩", "￦")])


PANDAS = """
import sys, pandas as pd
total, kept = 0, 0
for path in sys.argv[2:]:
    frame = pd.read_excel(path, engine=sys.argv[1], dtype=str)
    date = frame['결의일자'].str.replace(r'[년월./]\\s*', '-', regex=True).str.replace(r'\\s+00:00:00|일|-$', '', regex=True)
    date = date.str.replace(' ', '').str.replace(r'^(\\d{4})(\\d{2})(\\d{2})$', r'\\1-\\2-\\3', regex=True)
    frame['결의일자'] = pd.to_datetime(date, errors='coerce', format='mixed')
    negative = frame['금액'].str.match(r'^[△(-]')
    amount = pd.to_numeric(frame['금액'].str.replace(r'[^0-9]', '', regex=True), errors='coerce')
    frame['금액'] = amount.where(~negative, -amount)
    for name in frame.columns:
        if frame[name].dtype == object or str(frame[name].dtype).startswith('str'):
            frame[name] = frame[name].str.strip()
    frame.groupby(['부서명', '계정과목'])['금액'].agg(['count', 'sum'])
    kept += int(frame['금액'].notna().sum()); total += int(frame['금액'].sum())
print(kept, total)
"""


def timed(command):
    """Seconds of wall and processor, peak resident MiB of all its processes together, output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        # Files, not pipes: nobody reads while the clock runs.
        process = subprocess.Popen(command, stdout=out, stderr=err)
        peak_mib = 0
        while process.poll() is None:
            peak_mib = max(peak_mib, tree_mib(process.pid))
            time.sleep(0.02)
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, 1):
            sys.exit(f"{command[0]}: {err.read().decode()}")
        cpu_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"seconds": seconds, "cpu_seconds": cpu_seconds, "peak_mib": peak_mib}, out.read().decode()


def tree_mib(pid):
    """Resident memory of a process and all below it, in MiB."""
    total, todo = 0, [pid]
    while todo:
        pid = todo.pop()
        try:
            with open(f"/proc/{pid}/statm") as file:
                total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children") as file:
                    todo += [int(child) for child in file.read().split()]
        except OSError:
            continue
    return total / 2**20


def ours(program, folder):
    result, out = timed([program, "--config", str(folder / "none"), "--json", "ingest", str(folder), "--dry-run"])
    accounts = json.loads(out)
    for account in accounts:
        assert account["refused"] is None, account["refused"]
        assert account["rows_in"] == account["loaded"] + account["skipped"] + account["quarantined"]
    result["rows"] = sum(account["loaded"] for account in accounts)
    result["total"] = sum(account["total"] for account in accounts)
    return result


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("program")
    arguments.add_argument("--files", type=int, default=5)
    arguments.add_argument("--rows", type=int, default=200_000)
    arguments.add_argument("--csv-rows", default="1000000,5000000")
    arguments.add_argument("--peers", default="calamine,openpyxl")
    options = arguments.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        books = folder / "xlsx"
        books.mkdir()
        for i in range(options.files):
            write_xlsx(str(books / f"지출_{i}.xlsx"), options.rows, i + 1)
        paths = sorted(str(path) for path in books.iterdir())
        found["ledgerwatch"] = ours(options.program, books)
        for engine in filter(None, options.peers.split(",")):
            result, out = timed([sys.executable, "-c", PANDAS, engine, *paths])
            result["rows"], result["total"] = map(int, out.split())
            assert (result["rows"], result["total"]) == (found["ledgerwatch"]["rows"], found["ledgerwatch"]["total"])
            result["ratio"] = result["seconds"] / found["ledgerwatch"]["seconds"]
            found[f"pandas {engine}"] = result
        found["ledgerwatch again"] = ours(options.program, books)
        for n in [int(n) for n in options.csv_rows.split(",") if n]:
            path = folder / "csv"
            path.mkdir(exist_ok=True)
            write_csv(path / "지출.csv", n, 9)
            found[f"csv {n:,}"] = ours(options.program, path)
    print(json.dumps(found, ensure_ascii=False, indent=1))
    for name, result in found.items():
        ratio = f"{result['ratio']:6.1f} x" if "ratio" in result else ""
        print(f"{name:20} {result['seconds']:8.2f} s {result['peak_mib']:8.0f} MiB {result['rows']:>10,} rows {ratio}")


if __name__ == "__main__":
    main()
