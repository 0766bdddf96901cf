-- upgrade
CREATE EXTENSION btree_gist SCHEMA public;
CREATE TABLE rfx_user.t (room integer, during tsrange);
ALTER TABLE rfx_user.t ADD CONSTRAINT t_room_during_excl EXCLUDE USING gist (room WITH =, during WITH &&);

-- downgrade
DROP TABLE rfx_user.t;
DROP EXTENSION btree_gist;
