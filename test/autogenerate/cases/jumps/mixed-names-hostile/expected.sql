-- upgrade
DROP INDEX rfx_user."i CONCURRENTLY ""'\";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_fkey";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_c'_check";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP COLUMN "goes $$";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD COLUMN "new "" ' \ $a$ %
" text NOT NULL DEFAULT 'it''s \ $$ %'::text;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ALTER COLUMN "$ref" TYPE bigint;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ALTER COLUMN "c'" TYPE text;
ALTER TABLE rfx_user."éééééééééééééééééééééééééééééééu" ALTER COLUMN "id'\" TYPE bigint;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_fkey" FOREIGN KEY ("$ref") REFERENCES rfx_user."éééééééééééééééééééééééééééééééu"("id'\") ON DELETE CASCADE;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_new "" ' \ $a$ %
_key" UNIQUE ("$ref", "new "" ' \ $a$ %
");
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_c'_check" CHECK (("c'" = ANY (ARRAY['it''s \ $$ %'::text, 'o\k'::text])));
CREATE INDEX "i CONCURRENTLY ""'\" ON rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" USING btree ("kind CONCURRENTLY ");

-- downgrade
DROP INDEX rfx_user."i CONCURRENTLY ""'\";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_fkey";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_new "" ' \ $a$ %
_key";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_c'_check";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" DROP COLUMN "new "" ' \ $a$ %
";
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD COLUMN "goes $$" text;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ALTER COLUMN "$ref" TYPE integer;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ALTER COLUMN "c'" TYPE character varying(20);
ALTER TABLE rfx_user."éééééééééééééééééééééééééééééééu" ALTER COLUMN "id'\" TYPE integer;
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_$ref_fkey" FOREIGN KEY ("$ref") REFERENCES rfx_user."éééééééééééééééééééééééééééééééu"("id'\");
ALTER TABLE rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" ADD CONSTRAINT "t""'$a$ \ %s %I
CONCURRENTLY ${x}`_c'_check" CHECK ((("c'")::text = ANY (((ARRAY['it''s \ $$ %'::character varying, 'o\k'::character varying])::character varying[])::text[])));
CREATE INDEX "i CONCURRENTLY ""'\" ON rfx_user."t""'$a$ \ %s %I
CONCURRENTLY ${x}`" USING btree ("c'", "kind CONCURRENTLY ");
