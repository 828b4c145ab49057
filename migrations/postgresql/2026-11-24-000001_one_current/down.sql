DROP TRIGGER audit_append_only ON audit;
DROP FUNCTION audit_is_append_only();
DROP INDEX lake_files_bytes_once;
DROP INDEX lake_files_one_current;
