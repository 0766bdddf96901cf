-- upgrade
CREATE TABLE rfx_user.made (a text);
ALTER TABLE rfx_user.t SET (toast_tuple_target=4096);
ALTER MATERIALIZED VIEW rfx_user.m SET (toast.autovacuum_enabled = 'false');
ALTER TABLE rfx_user.made SET (toast.autovacuum_enabled = 'false');
ALTER TABLE rfx_user.t SET (toast.autovacuum_enabled = 'false');
ALTER TABLE rfx_user.u RESET (toast.autovacuum_enabled);
ALTER TABLE rfx_user.u SET (toast.autovacuum_vacuum_threshold = '9');

-- downgrade
DROP TABLE rfx_user.made;
ALTER TABLE rfx_user.t RESET (toast_tuple_target);
ALTER MATERIALIZED VIEW rfx_user.m RESET (toast.autovacuum_enabled);
ALTER TABLE rfx_user.t RESET (toast.autovacuum_enabled);
ALTER TABLE rfx_user.u SET (toast.autovacuum_enabled = 'false', toast.autovacuum_vacuum_threshold = '7');
