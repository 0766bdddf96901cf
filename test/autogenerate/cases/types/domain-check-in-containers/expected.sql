-- upgrade
ALTER DOMAIN rfx_user.email DROP CONSTRAINT email_check;
ALTER DOMAIN rfx_user.pos DROP CONSTRAINT pos_check;
DROP INDEX rfx_user.t_many;
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE text[] USING many::text[];
ALTER TABLE rfx_user.t ALTER COLUMN one TYPE text USING one::text;
ALTER DOMAIN rfx_user.email ADD CONSTRAINT email_check CHECK ((VALUE ~ '@.'::text));
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE text USING r::text;
ALTER DOMAIN rfx_user.pos ADD CONSTRAINT pos_check CHECK ((VALUE > 1));
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE rfx_user.email[] USING many::rfx_user.email[];
ALTER TABLE rfx_user.t ALTER COLUMN one TYPE rfx_user.contact USING one::rfx_user.contact;
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.span USING r::rfx_user.span;
CREATE INDEX t_many ON rfx_user.t USING btree (many);

-- downgrade
ALTER DOMAIN rfx_user.email DROP CONSTRAINT email_check;
ALTER DOMAIN rfx_user.pos DROP CONSTRAINT pos_check;
DROP INDEX rfx_user.t_many;
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE text[] USING many::text[];
ALTER TABLE rfx_user.t ALTER COLUMN one TYPE text USING one::text;
ALTER DOMAIN rfx_user.email ADD CONSTRAINT email_check CHECK ((VALUE ~ '@'::text));
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE text USING r::text;
ALTER DOMAIN rfx_user.pos ADD CONSTRAINT pos_check CHECK ((VALUE > 0));
ALTER TABLE rfx_user.t ALTER COLUMN many TYPE rfx_user.email[] USING many::rfx_user.email[];
ALTER TABLE rfx_user.t ALTER COLUMN one TYPE rfx_user.contact USING one::rfx_user.contact;
ALTER TABLE rfx_user.t ALTER COLUMN r TYPE rfx_user.span USING r::rfx_user.span;
CREATE INDEX t_many ON rfx_user.t USING btree (many);
