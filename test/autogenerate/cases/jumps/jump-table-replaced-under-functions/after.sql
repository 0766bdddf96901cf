CREATE TYPE task_spec AS (queue_id integer, payload json);
CREATE TABLE queue (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text UNIQUE NOT NULL
);
CREATE SEQUENCE task_id_seq1;
CREATE TABLE task (
  id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME task_id_seq2),
  queue_id integer,
  payload json DEFAULT '{}' NOT NULL,
  run_at timestamptz DEFAULT now() NOT NULL,
  locked_by text,
  is_available boolean GENERATED ALWAYS AS (locked_by IS NULL) STORED NOT NULL,
  CONSTRAINT task_pkey1 PRIMARY KEY (id)
);
CREATE INDEX task_main_index ON task (run_at) INCLUDE (id, queue_id) WHERE is_available;
CREATE FUNCTION take_task(worker text) RETURNS task LANGUAGE plpgsql AS $$
DECLARE taken task;
BEGIN
  UPDATE task SET locked_by = worker WHERE is_available RETURNING * INTO taken;
  RETURN taken;
END $$;
CREATE FUNCTION add_tasks(specs task_spec[]) RETURNS SETOF task LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY INSERT INTO task (queue_id, payload) SELECT queue_id, payload FROM unnest(specs) RETURNING *;
END $$;
CREATE FUNCTION remove_task(gone bigint) RETURNS task LANGUAGE plpgsql STRICT AS $$
DECLARE taken task;
BEGIN
  DELETE FROM task WHERE id = gone RETURNING * INTO taken;
  RETURN taken;
END $$;
CREATE FUNCTION task_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('task', new.queue_id::text);
  RETURN new;
END $$;
CREATE TRIGGER added_900 AFTER INSERT ON task FOR EACH STATEMENT EXECUTE FUNCTION task_added();
