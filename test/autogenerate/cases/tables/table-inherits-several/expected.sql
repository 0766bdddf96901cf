-- upgrade
CREATE TABLE rfx_user.contract () INHERITS (rfx_user.document, rfx_user.audited);
CREATE TABLE rfx_user.note () INHERITS (rfx_user.audited, rfx_user.document);
ALTER TABLE rfx_user.contract ADD COLUMN signed date;
CREATE INDEX contract_id_idx ON rfx_user.contract USING btree (id, changed_at);
ALTER TABLE rfx_user.contract ALTER COLUMN changed_at DROP DEFAULT;
COMMENT ON COLUMN rfx_user.contract.changed_at IS 'by whom, see the log';

-- downgrade
DROP TABLE rfx_user.contract;
DROP TABLE rfx_user.note;
