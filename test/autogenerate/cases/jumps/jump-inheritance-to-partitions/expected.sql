-- upgrade
ALTER TABLE rfx_user.ev_a NO INHERIT rfx_user.ev;
LOCK TABLE rfx_user.ev_a IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.ev_a__mig_rows AS SELECT id, at, extra FROM rfx_user.ev_a;
DROP TABLE rfx_user.ev_a;
LOCK TABLE rfx_user.ev IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.ev__mig_rows AS SELECT id, at FROM rfx_user.ev;
DROP TABLE rfx_user.ev;
CREATE TABLE rfx_user.ev (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE rfx_user.ev_a PARTITION OF rfx_user.ev FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
INSERT INTO rfx_user.ev (at, id) SELECT at::date, id::integer FROM rfx_user.ev_a__mig_rows;
INSERT INTO rfx_user.ev (at, id) SELECT at::date, id::integer FROM rfx_user.ev__mig_rows;
DROP TABLE rfx_user.ev_a__mig_rows;
DROP TABLE rfx_user.ev__mig_rows;

-- downgrade
ALTER TABLE rfx_user.ev DETACH PARTITION rfx_user.ev_a;
LOCK TABLE rfx_user.ev_a IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.ev_a__mig_rows AS SELECT id, at FROM rfx_user.ev_a;
DROP TABLE rfx_user.ev_a;
LOCK TABLE rfx_user.ev IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.ev__mig_rows AS SELECT id, at FROM rfx_user.ev;
DROP TABLE rfx_user.ev;
CREATE TABLE rfx_user.ev (id integer, at date);
CREATE TABLE rfx_user.ev_a () INHERITS (rfx_user.ev);
ALTER TABLE rfx_user.ev_a ADD COLUMN extra text;
INSERT INTO rfx_user.ev_a (at, id) SELECT at::date, id::integer FROM rfx_user.ev_a__mig_rows;
INSERT INTO rfx_user.ev (at, id) SELECT at::date, id::integer FROM rfx_user.ev__mig_rows;
DROP TABLE rfx_user.ev_a__mig_rows;
DROP TABLE rfx_user.ev__mig_rows;
