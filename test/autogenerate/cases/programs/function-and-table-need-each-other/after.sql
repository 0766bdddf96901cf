CREATE FUNCTION next_id() RETURNS bigint LANGUAGE sql AS 'SELECT coalesce(max(id), 0) + 1 FROM rfx_user.t'; CREATE TABLE t (id bigint DEFAULT next_id());
