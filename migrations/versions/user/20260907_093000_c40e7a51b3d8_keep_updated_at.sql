-- keep updated_at
--
-- Revision: c40e7a51b3d8
-- Revises: 6b1f0c9d24a7
-- Created: 2026-09-07T09:30:00Z
--
-- Names without a schema mean the schema of the line: search_path is set to it.

-- upgrade

CREATE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;

CREATE TRIGGER profile_touch_updated_at
BEFORE UPDATE ON profile
FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

COMMENT ON FUNCTION touch_updated_at() IS 'Trigger function: sets updated_at to the time of the transaction.';

-- downgrade

DROP TRIGGER profile_touch_updated_at ON profile;
DROP FUNCTION touch_updated_at();
