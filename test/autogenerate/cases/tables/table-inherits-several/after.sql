CREATE TABLE document (id bigint NOT NULL, title text DEFAULT 'untitled', CHECK (id > 0));
CREATE TABLE audited (changed_at timestamptz NOT NULL DEFAULT now(), title text);
CREATE TABLE contract (signed date) INHERITS (document, audited);
CREATE TABLE note () INHERITS (audited, document);
COMMENT ON COLUMN contract.changed_at IS 'by whom, see the log';
ALTER TABLE contract ALTER changed_at DROP DEFAULT;
CREATE INDEX contract_id_idx ON contract (id, changed_at);
