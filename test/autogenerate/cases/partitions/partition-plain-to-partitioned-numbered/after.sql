CREATE TABLE event (id bigserial, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE event_all PARTITION OF event DEFAULT;
CREATE SEQUENCE visit_number INCREMENT BY -1;
CREATE TABLE visit (id int DEFAULT nextval('visit_number') NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE visit_all PARTITION OF visit DEFAULT;
CREATE TABLE call (id serial, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE call_all PARTITION OF call DEFAULT;
