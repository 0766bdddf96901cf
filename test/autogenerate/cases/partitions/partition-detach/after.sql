CREATE TABLE event (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE event_2026 (id bigint, at date NOT NULL, kind text);
