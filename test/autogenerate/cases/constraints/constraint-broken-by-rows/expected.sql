-- upgrade
DELETE FROM rfx_user.perm t WHERE t.env IS NOT NULL AND NOT EXISTS (SELECT FROM rfx_user.env r WHERE r.name = t.env);
ALTER TABLE rfx_user.perm ADD CONSTRAINT perm_env FOREIGN KEY (env) REFERENCES rfx_user.env(name);
CREATE UNIQUE INDEX perm_k ON rfx_user.perm USING btree (k);
DELETE FROM rfx_user.perm WHERE NOT ((n > 0));
ALTER TABLE rfx_user.perm ADD CONSTRAINT perm_n CHECK ((n > 0));

-- downgrade
DROP INDEX rfx_user.perm_k;
ALTER TABLE rfx_user.perm DROP CONSTRAINT perm_env;
ALTER TABLE rfx_user.perm DROP CONSTRAINT perm_n;
