-- upgrade
ALTER INDEX rfx_user.a RENAME TO a__renamed;
ALTER INDEX rfx_user.b RENAME TO a;
ALTER INDEX rfx_user.a__renamed RENAME TO b;

-- downgrade
ALTER INDEX rfx_user.a RENAME TO a__renamed;
ALTER INDEX rfx_user.b RENAME TO a;
ALTER INDEX rfx_user.a__renamed RENAME TO b;
