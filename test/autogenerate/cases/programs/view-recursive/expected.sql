-- upgrade
CREATE VIEW rfx_user.n AS
 WITH RECURSIVE n(i) AS (
         VALUES (1)
        UNION ALL
         SELECT (n_1.i + 1)
           FROM n n_1
          WHERE (n_1.i < 9)
        )
 SELECT i
   FROM n;

-- downgrade
DROP VIEW rfx_user.n;
