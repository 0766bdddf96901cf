-- upgrade
ALTER TABLE rfx_user.event ADD COLUMN note text DEFAULT 1;

-- downgrade
ALTER TABLE rfx_user.event DROP COLUMN note;
