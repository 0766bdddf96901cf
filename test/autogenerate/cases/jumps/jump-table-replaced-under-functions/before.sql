CREATE TABLE task (
  id bigserial PRIMARY KEY,
  queue text DEFAULT 'main' NOT NULL,
  payload json DEFAULT '{}' NOT NULL,
  run_at timestamptz DEFAULT now() NOT NULL,
  locked_by text
);
CREATE INDEX task_run_at_id_idx ON task (run_at, id);
CREATE FUNCTION take_task(worker text) RETURNS task LANGUAGE plpgsql AS $$
DECLARE taken task;
BEGIN
  UPDATE task SET locked_by = worker WHERE locked_by IS NULL RETURNING * INTO taken;
  RETURN taken;
END $$;
CREATE FUNCTION remove_task(gone bigint) RETURNS task LANGUAGE sql STRICT AS $$
  DELETE FROM task WHERE id = gone RETURNING *;
$$;
CREATE FUNCTION task_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('task', new.queue);
  RETURN new;
END $$;
CREATE TRIGGER added AFTER INSERT ON task FOR EACH ROW WHEN (new.queue IS NOT NULL) EXECUTE FUNCTION task_added();
