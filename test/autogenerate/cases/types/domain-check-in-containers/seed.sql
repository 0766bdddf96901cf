INSERT INTO rfx_user.t VALUES (1, 'a@b', '{a@b,c@d}', '(e@f,1)', '[3,5)');
