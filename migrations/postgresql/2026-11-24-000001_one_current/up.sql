-- The same bytes under two names count once: the first name stays.
UPDATE lake_files SET is_current = 0
WHERE kind = 'clean' AND is_current = 1 AND EXISTS (
    SELECT 1 FROM lake_files AS other
    WHERE other.kind = 'clean' AND other.is_current = 1
      AND other.source_sha256 = lake_files.source_sha256 AND other.period = lake_files.period
      AND other.source < lake_files.source
);
CREATE UNIQUE INDEX lake_files_one_current ON lake_files (kind, source, period) WHERE is_current = 1;
CREATE UNIQUE INDEX lake_files_bytes_once ON lake_files (source_sha256, period)
    WHERE is_current = 1 AND kind = 'clean';

CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are never changed or removed';
END;
$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
