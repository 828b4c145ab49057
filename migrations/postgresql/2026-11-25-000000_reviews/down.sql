DROP TABLE check_notices;
DROP TABLE check_states;
DROP TABLE fired;
DROP TABLE labels;
DROP FUNCTION review_is_append_only();
