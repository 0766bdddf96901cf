-- upgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.a;
ALTER TABLE rfx_user.c NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.c NO INHERIT rfx_user.e;
ALTER TABLE rfx_user.c INHERIT rfx_user.b;
ALTER TABLE rfx_user.c INHERIT rfx_user.a;
ALTER TABLE rfx_user.c INHERIT rfx_user.e;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.a;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.d ADD COLUMN z text;
ALTER TABLE rfx_user.d INHERIT rfx_user.e;
ALTER TABLE rfx_user.d INHERIT rfx_user.b;
ALTER TABLE rfx_user.d DROP COLUMN x;

-- downgrade
ALTER TABLE rfx_user.c NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.c NO INHERIT rfx_user.a;
ALTER TABLE rfx_user.c NO INHERIT rfx_user.e;
ALTER TABLE rfx_user.c INHERIT rfx_user.a;
ALTER TABLE rfx_user.c INHERIT rfx_user.b;
ALTER TABLE rfx_user.c INHERIT rfx_user.e;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.e;
ALTER TABLE rfx_user.d NO INHERIT rfx_user.b;
ALTER TABLE rfx_user.d ADD COLUMN x text;
ALTER TABLE rfx_user.d INHERIT rfx_user.a;
ALTER TABLE rfx_user.d INHERIT rfx_user.b;
ALTER TABLE rfx_user.d DROP COLUMN z;
