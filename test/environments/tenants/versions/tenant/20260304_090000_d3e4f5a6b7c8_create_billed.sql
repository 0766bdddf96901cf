-- create billed
--
-- Revision: d3e4f5a6b7c8
-- Revises: d2e3f4a5b6c7
-- Created: 2026-03-04T09:00:00Z

-- upgrade
CREATE VIEW billed AS
SELECT account.id, account.email, coalesce(sum(invoice.total), 0) AS total
FROM account
LEFT JOIN invoice ON invoice.account_id = account.id
GROUP BY account.id, account.email;

-- downgrade
DROP VIEW billed;
