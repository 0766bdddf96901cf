INSERT INTO document VALUES (1, 'a'); INSERT INTO audited VALUES (now(), 'b');
