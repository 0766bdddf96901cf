CREATE TABLE rfx_user.p (id int PRIMARY KEY, s text);
