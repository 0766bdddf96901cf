CREATE TYPE rfx_user.k AS ENUM ('b','a','c');CREATE TABLE rfx_policy.t (id int, k rfx_user.k DEFAULT 'c');
