CREATE TABLE rfx_user.t (id int);
