CREATE FUNCTION noticed() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE FUNCTION kept() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;
CREATE EVENT TRIGGER noticing ON ddl_command_end EXECUTE FUNCTION noticed();
CREATE EVENT TRIGGER keeping ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION kept();
