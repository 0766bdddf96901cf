CREATE TABLE document (id bigint NOT NULL, title text DEFAULT 'untitled', CHECK (id > 0));
CREATE TABLE audited (changed_at timestamptz NOT NULL DEFAULT now(), title text);
