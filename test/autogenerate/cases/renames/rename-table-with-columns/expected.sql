-- upgrade
ALTER TABLE rfx_user.t RENAME COLUMN a TO amount;
ALTER TABLE rfx_user.t RENAME COLUMN b TO note;
ALTER TABLE rfx_user.t RENAME TO u;
ALTER TABLE rfx_user.u RENAME CONSTRAINT t_a_check TO u_amount_check;
ALTER TABLE rfx_user.u RENAME CONSTRAINT t_pkey TO u_pkey;
ALTER INDEX rfx_user.t_b_idx RENAME TO u_note_idx;
DROP VIEW rfx_user.seen;
ALTER TABLE rfx_user.u ADD COLUMN more date;
ALTER TABLE rfx_user.u ALTER COLUMN amount TYPE bigint;
CREATE VIEW rfx_user.seen AS
 SELECT id,
    amount AS a
   FROM rfx_user.u;

-- downgrade
ALTER TABLE rfx_user.u RENAME COLUMN amount TO a;
ALTER TABLE rfx_user.u RENAME COLUMN note TO b;
ALTER TABLE rfx_user.u RENAME TO t;
ALTER TABLE rfx_user.t RENAME CONSTRAINT u_amount_check TO t_a_check;
ALTER TABLE rfx_user.t RENAME CONSTRAINT u_pkey TO t_pkey;
ALTER INDEX rfx_user.u_note_idx RENAME TO t_b_idx;
DROP VIEW rfx_user.seen;
ALTER TABLE rfx_user.t DROP COLUMN more;
ALTER TABLE rfx_user.t ALTER COLUMN a TYPE integer;
CREATE VIEW rfx_user.seen AS
 SELECT id,
    a
   FROM rfx_user.t;
