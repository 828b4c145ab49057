-- What each check could look at in the month of a run, for the institution (department '') and by department.
CREATE TABLE covered (
    run_id TEXT NOT NULL REFERENCES runs (id),
    check_id TEXT NOT NULL,
    department TEXT NOT NULL,
    status TEXT NOT NULL,
    remarks TEXT NOT NULL,
    population_rows BIGINT NOT NULL,
    population_amount BIGINT NOT NULL,
    tested_rows BIGINT NOT NULL,
    tested_amount BIGINT NOT NULL,
    blank_rows BIGINT NOT NULL,
    no_rule_rows BIGINT NOT NULL,
    fired_rows BIGINT NOT NULL,
    fired_amount BIGINT NOT NULL,
    put_aside_rows BIGINT NOT NULL,
    put_aside_amount BIGINT NOT NULL,
    PRIMARY KEY (run_id, check_id, department)
);
