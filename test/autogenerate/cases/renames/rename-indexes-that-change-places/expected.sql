-- upgrade
ALTER INDEX rfx_user.i1 RENAME TO i1__renamed;
ALTER INDEX rfx_user.i2 RENAME TO i1;
ALTER INDEX rfx_user.i1__renamed RENAME TO i2;

-- downgrade
ALTER INDEX rfx_user.i1 RENAME TO i1__renamed;
ALTER INDEX rfx_user.i2 RENAME TO i1;
ALTER INDEX rfx_user.i1__renamed RENAME TO i2;
