CREATE TYPE kind AS ENUM ('b', 'a');
CREATE TABLE item (id int, kind kind NOT NULL, PRIMARY KEY (id, kind)) PARTITION BY RANGE (id);
CREATE TABLE item_low PARTITION OF item FOR VALUES FROM (0) TO (100) PARTITION BY LIST (kind);
CREATE TABLE item_low_a PARTITION OF item_low FOR VALUES IN ('a');
CREATE TABLE item_low_b PARTITION OF item_low FOR VALUES IN ('b');
CREATE TABLE note (item int, kind kind, FOREIGN KEY (item, kind) REFERENCES item);
