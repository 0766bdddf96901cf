-- upgrade
ALTER INDEX rfx_user."Some Name" RENAME TO "other name";
ALTER INDEX rfx_user.i1 RENAME TO i2;

-- downgrade
ALTER INDEX rfx_user.i2 RENAME TO i1;
ALTER INDEX rfx_user."other name" RENAME TO "Some Name";
