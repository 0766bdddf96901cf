-- upgrade
SET LOCAL check_function_bodies = off;
CREATE TYPE rfx_user.task_spec AS (queue_id integer, payload json);
CREATE OR REPLACE FUNCTION rfx_user.add_tasks(specs rfx_user.task_spec[])
 RETURNS SETOF rfx_user.task
 LANGUAGE plpgsql
AS $function$
BEGIN
  RETURN QUERY INSERT INTO task (queue_id, payload) SELECT queue_id, payload FROM unnest(specs) RETURNING *;
END $function$;
ALTER TABLE rfx_user.task RENAME CONSTRAINT task_pkey TO task_pkey1;
DROP TRIGGER added ON rfx_user.task;
DROP INDEX rfx_user.task_run_at_id_idx;
DROP FUNCTION rfx_user.remove_task(bigint);
ALTER TABLE rfx_user.task ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.task DROP COLUMN queue;
CREATE SEQUENCE rfx_user.task_id_seq1;
ALTER TABLE rfx_user.task ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME rfx_user.task_id_seq2);
SELECT setval('rfx_user.task_id_seq2', last_value, is_called) FROM rfx_user.task_id_seq;
DROP SEQUENCE rfx_user.task_id_seq;
CREATE TABLE rfx_user.queue (
  id   integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text    NOT NULL,
  CONSTRAINT queue_name_key UNIQUE (name),
  CONSTRAINT queue_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.task ADD COLUMN queue_id integer;
ALTER TABLE rfx_user.task ADD COLUMN is_available boolean GENERATED ALWAYS AS ((locked_by IS NULL)) STORED NOT NULL;
CREATE OR REPLACE FUNCTION rfx_user.remove_task(gone bigint)
 RETURNS rfx_user.task
 LANGUAGE plpgsql
 STRICT
AS $function$
DECLARE taken task;
BEGIN
  DELETE FROM task WHERE id = gone RETURNING * INTO taken;
  RETURN taken;
END $function$;
CREATE OR REPLACE FUNCTION rfx_user.take_task(worker text)
 RETURNS rfx_user.task
 LANGUAGE plpgsql
AS $function$
DECLARE taken task;
BEGIN
  UPDATE task SET locked_by = worker WHERE is_available RETURNING * INTO taken;
  RETURN taken;
END $function$;
CREATE OR REPLACE FUNCTION rfx_user.task_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_notify('task', new.queue_id::text);
  RETURN new;
END $function$;
CREATE INDEX task_main_index ON rfx_user.task USING btree (run_at) INCLUDE (id, queue_id) WHERE is_available;
CREATE TRIGGER added_900 AFTER INSERT ON rfx_user.task FOR EACH STATEMENT EXECUTE FUNCTION rfx_user.task_added();

-- downgrade
SET LOCAL check_function_bodies = off;
ALTER TABLE rfx_user.task RENAME CONSTRAINT task_pkey1 TO task_pkey;
DROP TRIGGER added_900 ON rfx_user.task;
DROP INDEX rfx_user.task_main_index;
DROP FUNCTION rfx_user.add_tasks(rfx_user.task_spec[]);
DROP FUNCTION rfx_user.remove_task(bigint);
DROP TYPE rfx_user.task_spec;
ALTER TABLE rfx_user.task DROP COLUMN is_available;
ALTER TABLE rfx_user.task DROP COLUMN queue_id;
DROP TABLE rfx_user.queue;
DROP SEQUENCE rfx_user.task_id_seq1;
CREATE SEQUENCE rfx_user.task_id_seq;
SELECT setval('rfx_user.task_id_seq', last_value, is_called) FROM rfx_user.task_id_seq2;
ALTER TABLE rfx_user.task ALTER COLUMN id DROP IDENTITY;
ALTER SEQUENCE rfx_user.task_id_seq OWNED BY rfx_user.task.id;
ALTER TABLE rfx_user.task ADD COLUMN queue text NOT NULL DEFAULT 'main'::text;
ALTER TABLE rfx_user.task ALTER COLUMN id SET DEFAULT nextval('rfx_user.task_id_seq'::regclass);
CREATE OR REPLACE FUNCTION rfx_user.remove_task(gone bigint)
 RETURNS rfx_user.task
 LANGUAGE sql
 STRICT
AS $function$
  DELETE FROM task WHERE id = gone RETURNING *;
$function$;
CREATE OR REPLACE FUNCTION rfx_user.take_task(worker text)
 RETURNS rfx_user.task
 LANGUAGE plpgsql
AS $function$
DECLARE taken task;
BEGIN
  UPDATE task SET locked_by = worker WHERE locked_by IS NULL RETURNING * INTO taken;
  RETURN taken;
END $function$;
CREATE OR REPLACE FUNCTION rfx_user.task_added()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  PERFORM pg_notify('task', new.queue);
  RETURN new;
END $function$;
CREATE INDEX task_run_at_id_idx ON rfx_user.task USING btree (run_at, id);
CREATE TRIGGER added AFTER INSERT ON rfx_user.task FOR EACH ROW WHEN ((new.queue IS NOT NULL)) EXECUTE FUNCTION rfx_user.task_added();
