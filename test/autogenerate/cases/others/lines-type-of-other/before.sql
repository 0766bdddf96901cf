CREATE TYPE rfx_user.k AS ENUM ('a','b');CREATE TABLE rfx_policy.t (id int, k rfx_user.k DEFAULT 'a');
