-- upgrade
CREATE TABLE rfx_user.l (k text, v integer) PARTITION BY LIST (k);
CREATE TABLE rfx_user.la PARTITION OF rfx_user.l FOR VALUES IN ('a', NULL) PARTITION BY HASH (v);
CREATE TABLE rfx_user.la0 PARTITION OF rfx_user.la FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE rfx_user.la1 PARTITION OF rfx_user.la FOR VALUES WITH (modulus 2, remainder 1);

-- downgrade
DROP TABLE rfx_user.la0;
DROP TABLE rfx_user.la1;
DROP TABLE rfx_user.la;
DROP TABLE rfx_user.l;
