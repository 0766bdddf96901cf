CREATE TABLE event (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
