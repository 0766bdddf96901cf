CREATE TABLE rfx_user.t (id int PRIMARY KEY);
