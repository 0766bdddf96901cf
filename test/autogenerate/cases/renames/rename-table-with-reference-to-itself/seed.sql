INSERT INTO category DEFAULT VALUES; INSERT INTO category (parent_id) VALUES (1);
