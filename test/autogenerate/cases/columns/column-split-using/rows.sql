SELECT id, first_name, last_name FROM contact ORDER BY id
