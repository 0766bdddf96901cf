CREATE TABLE rfx_policy.t (id int PRIMARY KEY);
