-- A budget line gains its month, its finer labels and its parts; NULL is "not stated", month 0 "the year as a whole".
ALTER TABLE budget_lines RENAME TO budget_lines_before;
ALTER TABLE budget_lines_before RENAME CONSTRAINT budget_lines_pkey TO budget_lines_before_pkey;
CREATE TABLE budget_lines (
    source_sha256 TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    fiscal_month BIGINT NOT NULL,
    department TEXT NOT NULL,
    account TEXT NOT NULL,
    budget_line TEXT NOT NULL,
    accounting_unit TEXT NOT NULL,
    fund_source TEXT NOT NULL,
    project TEXT NOT NULL,
    amount BIGINT NOT NULL,
    original_budget BIGINT,
    supplementary_budget BIGINT,
    carried_over BIGINT,
    reserve BIGINT,
    reallocated_in BIGINT,
    reallocated_out BIGINT,
    reallocation BIGINT,
    allotment BIGINT,
    committed BIGINT,
    spent BIGINT,
    unspent_balance BIGINT,
    source TEXT NOT NULL,
    is_current BIGINT NOT NULL,
    PRIMARY KEY (
        source_sha256, fiscal_year, fiscal_month, department, account, budget_line, accounting_unit, fund_source, project
    )
);
INSERT INTO budget_lines (
    source_sha256, fiscal_year, fiscal_month, department, account, budget_line, accounting_unit, fund_source, project,
    amount, source, is_current
)
SELECT source_sha256, fiscal_year, 0, department, account, '', '', '', '', amount, source, is_current
FROM budget_lines_before;
DROP TABLE budget_lines_before;
CREATE INDEX budget_lines_by_year ON budget_lines (fiscal_year, is_current);
CREATE INDEX budget_lines_by_source ON budget_lines (source);

CREATE TABLE budget_events (
    source_sha256 TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row_no BIGINT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    happened_on TEXT NOT NULL,
    kind TEXT NOT NULL,
    document_no TEXT NOT NULL,
    from_department TEXT NOT NULL,
    from_account TEXT NOT NULL,
    from_budget_line TEXT NOT NULL,
    to_department TEXT NOT NULL,
    to_account TEXT NOT NULL,
    to_budget_line TEXT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT NOT NULL,
    source TEXT NOT NULL,
    is_current BIGINT NOT NULL,
    PRIMARY KEY (source_sha256, sheet, row_no)
);
CREATE INDEX budget_events_by_year ON budget_events (fiscal_year, is_current);
CREATE INDEX budget_events_by_source ON budget_events (source);
