INSERT INTO t (v) VALUES ('z'); INSERT INTO unused (v) VALUES ('z'); INSERT INTO wide (v) VALUES ('z')
