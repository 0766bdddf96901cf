CREATE TABLE one (id int PRIMARY KEY, a int, b int);
CREATE STATISTICS rfx_policy.one_ab ON a, b FROM one;
CREATE STATISTICS rfx_policy.one_expression ON (a + b), id FROM one;
