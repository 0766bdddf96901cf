INSERT INTO task (queue, locked_by) VALUES ('main', NULL), ('other', 'someone');
