-- upgrade
ALTER TABLE rfx_user.e RENAME CONSTRAINT e_k TO e_k__renamed;
ALTER INDEX rfx_user.e_i RENAME TO e_k;
ALTER TABLE rfx_user.e RENAME CONSTRAINT e_k__renamed TO e_i;
DROP VIEW rfx_user.grouped;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_b_fkey;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_u_fkey;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_u_key;
ALTER TABLE rfx_user.d DROP CONSTRAINT d_f;
ALTER TABLE rfx_user.c DROP CONSTRAINT c_k;
ALTER TABLE rfx_user.f DROP CONSTRAINT f_id_fkey;
ALTER TABLE rfx_user.a ADD COLUMN v integer;
ALTER TABLE rfx_user.b ADD COLUMN v integer;
ALTER TABLE rfx_user.c ADD COLUMN z integer;
ALTER TABLE rfx_user.a ALTER COLUMN b TYPE bigint;
ALTER TABLE rfx_user.a ALTER COLUMN u TYPE character varying(10);
ALTER TABLE rfx_user.b ALTER COLUMN id TYPE bigint;
ALTER TABLE rfx_user.b ALTER COLUMN u TYPE character varying(10);
ALTER TABLE rfx_user.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES rfx_user.b(id) DEFERRABLE;
ALTER TABLE rfx_user.a ADD CONSTRAINT a_u_v_key UNIQUE (u, v);
ALTER TABLE rfx_user.b ADD CONSTRAINT b_u_v_fkey FOREIGN KEY (u, v) REFERENCES rfx_user.a(u, v);
ALTER TABLE rfx_user.c ADD CONSTRAINT c_k PRIMARY KEY (y, x) INCLUDE (z);
ALTER TABLE rfx_user.d ADD CONSTRAINT d_f FOREIGN KEY (y, x) REFERENCES rfx_user.c(y, x);
ALTER TABLE rfx_user.f ADD CONSTRAINT f_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.a(id) ON DELETE CASCADE;
ALTER TABLE rfx_user.f DROP CONSTRAINT f_id_fkey;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_a_fkey;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_pkey;
ALTER TABLE rfx_user.a DROP COLUMN id;
ALTER TABLE rfx_user.b DROP COLUMN a;
ALTER TABLE rfx_user.f DROP COLUMN id;
ALTER TABLE rfx_user.a ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE rfx_user.b ADD COLUMN a uuid;
ALTER TABLE rfx_user.f ADD COLUMN id uuid;
ALTER TABLE rfx_user.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
ALTER TABLE rfx_user.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.a(id);
ALTER TABLE rfx_user.f ADD CONSTRAINT f_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.a(id) ON DELETE CASCADE;
CREATE VIEW rfx_user.grouped AS
 SELECT id,
    u,
    v
   FROM rfx_user.a
  GROUP BY id;

-- downgrade
ALTER TABLE rfx_user.e RENAME CONSTRAINT e_i TO e_i__renamed;
ALTER INDEX rfx_user.e_k RENAME TO e_i;
ALTER TABLE rfx_user.e RENAME CONSTRAINT e_i__renamed TO e_k;
DROP VIEW rfx_user.grouped;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_b_fkey;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_u_v_fkey;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_u_v_key;
ALTER TABLE rfx_user.d DROP CONSTRAINT d_f;
ALTER TABLE rfx_user.c DROP CONSTRAINT c_k;
ALTER TABLE rfx_user.f DROP CONSTRAINT f_id_fkey;
ALTER TABLE rfx_user.a ALTER COLUMN id DROP DEFAULT;
ALTER TABLE rfx_user.a DROP COLUMN v;
ALTER TABLE rfx_user.b DROP COLUMN v;
ALTER TABLE rfx_user.c DROP COLUMN z;
ALTER TABLE rfx_user.a ALTER COLUMN b TYPE integer;
ALTER TABLE rfx_user.a ALTER COLUMN u TYPE text;
ALTER TABLE rfx_user.b ALTER COLUMN id TYPE integer;
ALTER TABLE rfx_user.b ALTER COLUMN u TYPE text;
ALTER TABLE rfx_user.a ADD CONSTRAINT a_b_fkey FOREIGN KEY (b) REFERENCES rfx_user.b(id);
ALTER TABLE rfx_user.a ADD CONSTRAINT a_u_key UNIQUE (u);
ALTER TABLE rfx_user.b ADD CONSTRAINT b_u_fkey FOREIGN KEY (u) REFERENCES rfx_user.a(u);
ALTER TABLE rfx_user.c ADD CONSTRAINT c_k PRIMARY KEY (x, y);
ALTER TABLE rfx_user.d ADD CONSTRAINT d_f FOREIGN KEY (x, y) REFERENCES rfx_user.c(x, y) MATCH FULL;
ALTER TABLE rfx_user.f ADD CONSTRAINT f_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.a(id) ON DELETE SET NULL (id);
ALTER TABLE rfx_user.f DROP CONSTRAINT f_id_fkey;
ALTER TABLE rfx_user.b DROP CONSTRAINT b_a_fkey;
ALTER TABLE rfx_user.a DROP CONSTRAINT a_pkey;
ALTER TABLE rfx_user.a DROP COLUMN id;
ALTER TABLE rfx_user.b DROP COLUMN a;
ALTER TABLE rfx_user.f DROP COLUMN id;
ALTER TABLE rfx_user.a ADD COLUMN id integer NOT NULL;
ALTER TABLE rfx_user.b ADD COLUMN a integer;
ALTER TABLE rfx_user.f ADD COLUMN id integer;
ALTER TABLE rfx_user.a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
ALTER TABLE rfx_user.b ADD CONSTRAINT b_a_fkey FOREIGN KEY (a) REFERENCES rfx_user.a(id);
ALTER TABLE rfx_user.f ADD CONSTRAINT f_id_fkey FOREIGN KEY (id) REFERENCES rfx_user.a(id) ON DELETE SET NULL (id);
CREATE VIEW rfx_user.grouped AS
 SELECT id,
    u
   FROM rfx_user.a
  GROUP BY id;
