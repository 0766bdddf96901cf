INSERT INTO profile VALUES (1,'x','y');
