CREATE TABLE rfx_policy.p (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, s text);
CREATE TABLE rfx_user.c (id int PRIMARY KEY, p int REFERENCES rfx_policy.p);
CREATE TABLE rfx_policy.z (id int PRIMARY KEY);
