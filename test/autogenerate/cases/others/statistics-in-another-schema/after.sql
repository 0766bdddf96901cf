CREATE TABLE one (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS rfx_policy.one_ab (ndistinct) ON a, b FROM one;
