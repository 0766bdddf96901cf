-- upgrade
ALTER TABLE rfx_user.profile ADD COLUMN language text NOT NULL DEFAULT 'en'::text;

-- downgrade
ALTER TABLE rfx_user.profile DROP COLUMN language;
