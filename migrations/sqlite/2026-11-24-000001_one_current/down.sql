DROP TRIGGER audit_no_delete;
DROP TRIGGER audit_no_update;
DROP INDEX lake_files_bytes_once;
DROP INDEX lake_files_one_current;
