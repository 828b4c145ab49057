-- Times are milliseconds since 1970 in UTC; amounts are minor units; JSON is text.
CREATE TABLE runs (
    id TEXT PRIMARY KEY NOT NULL,
    job TEXT NOT NULL,
    period TEXT NOT NULL,
    input_digest TEXT NOT NULL,
    config_digest TEXT NOT NULL,
    inputs TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    finished_ms BIGINT,
    error TEXT
);
CREATE INDEX runs_by_job_period ON runs (job, period);

CREATE TABLE steps (
    run_id TEXT NOT NULL REFERENCES runs (id),
    step TEXT NOT NULL,
    status TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    finished_ms BIGINT,
    output TEXT,
    error TEXT,
    PRIMARY KEY (run_id, step)
);

CREATE TABLE intakes (
    source TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    mapping TEXT NOT NULL,
    config_digest TEXT NOT NULL,
    refused BIGINT NOT NULL,
    detail TEXT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    is_current BIGINT NOT NULL,
    PRIMARY KEY (source, sha256)
);
CREATE INDEX intakes_by_sha ON intakes (sha256);

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

CREATE TABLE lake_files (
    path TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    period TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    n_rows BIGINT NOT NULL,
    total BIGINT NOT NULL,
    source TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    run_id TEXT NOT NULL,
    is_current BIGINT NOT NULL
);
CREATE INDEX lake_files_current ON lake_files (kind, is_current, period);

CREATE TABLE artifacts (
    run_id TEXT NOT NULL REFERENCES runs (id),
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    department TEXT NOT NULL,
    media_type TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    path TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    PRIMARY KEY (run_id, name)
);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY NOT NULL,
    run_id TEXT NOT NULL,
    department TEXT NOT NULL,
    recipients TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    attachments TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    created_ms BIGINT NOT NULL,
    next_attempt_ms BIGINT NOT NULL,
    sent_ms BIGINT,
    reply TEXT
);
CREATE INDEX outbox_by_status ON outbox (status, next_attempt_ms);

CREATE TABLE occurrences (
    job TEXT NOT NULL,
    scheduled_ms BIGINT NOT NULL,
    status TEXT NOT NULL,
    run_id TEXT,
    owner TEXT,
    lease_until_ms BIGINT,
    epoch BIGINT NOT NULL,
    detail TEXT,
    PRIMARY KEY (job, scheduled_ms)
);
CREATE INDEX occurrences_by_status ON occurrences (status, scheduled_ms);

CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
