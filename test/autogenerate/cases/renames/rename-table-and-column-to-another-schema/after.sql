CREATE TABLE rfx_policy.q (id int PRIMARY KEY, t varchar(20));
CREATE TABLE rfx_user.keep (x date);
