CREATE TABLE joined (id int PRIMARY KEY, ab text DEFAULT 'none', n int);
CREATE TABLE event (id int, at date NOT NULL, big bigint) PARTITION BY RANGE (at);
CREATE TABLE event_all PARTITION OF event DEFAULT;
