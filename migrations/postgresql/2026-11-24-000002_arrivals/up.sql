-- What was seen in the drop folder: one row for each version of a name. A version is a content; the row of a taken
-- version stays when the file changes or goes. Sizes and inodes are the bits of an unsigned number.
CREATE TABLE arrivals (
    name TEXT NOT NULL,
    version BIGINT NOT NULL,
    size_bytes BIGINT NOT NULL,
    mtime_ns BIGINT NOT NULL,
    ctime_ns BIGINT NOT NULL,
    inode BIGINT NOT NULL,
    edges TEXT NOT NULL,
    first_seen_ms BIGINT NOT NULL,
    last_changed_ms BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    sha256 TEXT,
    taken_ms BIGINT,
    moved_to TEXT,
    is_current BIGINT NOT NULL,
    PRIMARY KEY (name, version),
    CHECK ((state = 'taken') = (sha256 IS NOT NULL))
);
CREATE UNIQUE INDEX arrivals_one_current ON arrivals (name) WHERE is_current = 1;
CREATE INDEX arrivals_by_sha ON arrivals (sha256);

-- Whether the drop folder could be read at the last look.
CREATE TABLE inboxes (
    inbox TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL,
    since_ms BIGINT NOT NULL,
    scanned_ms BIGINT NOT NULL,
    reason TEXT
);
