-- upgrade
-- each on its own:
ALTER TYPE rfx_user.mood ADD VALUE 'new' AFTER 'happy';
-- in one transaction:
CREATE TABLE rfx_user.t_new PARTITION OF rfx_user.t FOR VALUES IN ('new');

-- downgrade
-- in one transaction:
DROP TABLE rfx_user.t_new;
ALTER TYPE rfx_user.mood RENAME TO mood__replaced;
CREATE TYPE rfx_user.mood AS ENUM ('sad', 'ok', 'happy');
LOCK TABLE rfx_user.t IN ACCESS EXCLUSIVE MODE;
CREATE TABLE rfx_user.t__mig_rows AS SELECT id, m::text AS m FROM rfx_user.t;
DROP TABLE rfx_user.t;
DROP TYPE rfx_user.mood__replaced;
CREATE TABLE rfx_user.t (id integer, m rfx_user.mood) PARTITION BY LIST (m);
CREATE TABLE rfx_user.t_sad PARTITION OF rfx_user.t FOR VALUES IN ('sad');
INSERT INTO rfx_user.t (id, m) SELECT id::integer, m::rfx_user.mood FROM rfx_user.t__mig_rows;
DROP TABLE rfx_user.t__mig_rows;
