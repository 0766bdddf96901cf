CREATE TABLE rfx_policy."event" (id bigserial, at date NOT NULL, kind text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE rfx_policy."event_all" PARTITION OF rfx_policy."event" FOR VALUES FROM ('2000-01-01') TO ('2100-01-01');
CREATE FUNCTION rfx_user."log_customer"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN INSERT INTO rfx_policy."event" (at, kind) VALUES (current_date, 'customer'); RETURN NULL; END $$;
CREATE TABLE rfx_user."customer" (id int PRIMARY KEY, name text);
CREATE TRIGGER log_customer AFTER INSERT ON rfx_user."customer" FOR EACH ROW EXECUTE FUNCTION rfx_user."log_customer"();
