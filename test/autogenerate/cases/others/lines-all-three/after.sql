CREATE TABLE profile (id bigint PRIMARY KEY, name text NOT NULL, email text, phone text);
CREATE TABLE rfx_policy.p (id int PRIMARY KEY); CREATE TABLE rfx_message.m (id int PRIMARY KEY, p int REFERENCES rfx_policy.p, u bigint REFERENCES profile);
