-- What people found when they looked: appended, never changed. A later decision about a row counts instead of an
-- earlier one; `decided_on` is the day of the decision, `recorded_ms` the time from which it was known here.
CREATE TABLE labels (
    seq BIGSERIAL PRIMARY KEY,
    source TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row_no BIGINT NOT NULL,
    document_no TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('confirmed', 'dismissed', 'closed', 'excluded')),
    reason TEXT NOT NULL,
    minutes BIGINT CHECK (minutes >= 0),
    decided_by TEXT NOT NULL,
    decided_on TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('audit', 'department', 'random_sample', 'rule_certain'))
);
CREATE INDEX labels_by_row ON labels (source, sheet, row_no);

-- What each check marked at or above the bar: one set for each job and month, that of its newest run.
CREATE TABLE fired (
    run_id TEXT NOT NULL REFERENCES runs (id),
    check_id TEXT NOT NULL,
    source TEXT NOT NULL,
    sheet TEXT NOT NULL,
    row_no BIGINT NOT NULL,
    period TEXT NOT NULL,
    document_no TEXT NOT NULL,
    case_no BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    points BIGINT NOT NULL,
    is_shadow BIGINT NOT NULL,
    PRIMARY KEY (run_id, check_id, source, sheet, row_no)
);
CREATE INDEX fired_by_period ON fired (period);

-- Whether a check adds points: appended, never changed. For a month the latest entry counts whose `from_period` is not
-- after it.
CREATE TABLE check_states (
    seq BIGSERIAL PRIMARY KEY,
    check_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('live', 'shadow')),
    from_period TEXT NOT NULL,
    reason TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL,
    run_id TEXT
);
CREATE INDEX check_states_by_check ON check_states (check_id);

-- Who has taken notice of a change.
CREATE TABLE check_notices (
    state_seq BIGINT PRIMARY KEY NOT NULL REFERENCES check_states (seq),
    acknowledged_by TEXT NOT NULL,
    recorded_ms BIGINT NOT NULL
);

CREATE FUNCTION review_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'labels and states of checks are never changed or removed';
END;
$$;
CREATE TRIGGER labels_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON labels
    FOR EACH STATEMENT EXECUTE FUNCTION review_is_append_only();
CREATE TRIGGER check_states_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON check_states
    FOR EACH STATEMENT EXECUTE FUNCTION review_is_append_only();
