-- upgrade of message
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_message.folded(word text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT lower("rfx_policy".plural(word))$function$;
-- upgrade of policy
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_policy.plural(word text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT word || 's'$function$;
-- upgrade of user
SET LOCAL check_function_bodies = off;
CREATE OR REPLACE FUNCTION rfx_user.key_of(name text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$SELECT rfx_message.folded(name)$function$;
CREATE UNIQUE INDEX team_key ON rfx_user.team USING btree (rfx_user.key_of(name));

-- downgrade of user
DROP INDEX rfx_user.team_key;
DROP FUNCTION rfx_user.key_of(text);
-- downgrade of policy
DROP FUNCTION rfx_policy.plural(text);
-- downgrade of message
DROP FUNCTION rfx_message.folded(text);
