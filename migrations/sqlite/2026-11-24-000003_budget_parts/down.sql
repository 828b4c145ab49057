DROP TABLE budget_events;
ALTER TABLE budget_lines RENAME TO budget_lines_after;
CREATE TABLE budget_lines (
    source_sha256 TEXT NOT NULL,
    fiscal_year BIGINT NOT NULL,
    department TEXT NOT NULL,
    account TEXT NOT NULL,
    amount BIGINT NOT NULL,
    source TEXT NOT NULL,
    is_current BIGINT NOT NULL,
    PRIMARY KEY (source_sha256, fiscal_year, department, account)
);
-- Rows of months are states, not parts of a year: only the rows of whole years can go back.
INSERT INTO budget_lines (source_sha256, fiscal_year, department, account, amount, source, is_current)
SELECT source_sha256, fiscal_year, department, account, CAST(SUM(amount) AS BIGINT), MIN(source), MIN(is_current)
FROM budget_lines_after WHERE fiscal_month = 0
GROUP BY source_sha256, fiscal_year, department, account;
DROP TABLE budget_lines_after;
