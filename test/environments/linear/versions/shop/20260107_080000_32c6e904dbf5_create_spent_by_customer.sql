-- create spent by customer
--
-- Revision: 32c6e904dbf5
-- Revises: 21b5d8f3cae4
-- Created: 2026-01-07T08:00:00Z

-- upgrade

CREATE VIEW spent_by_customer AS
SELECT customer.id, customer.name, coalesce(sum(purchase.total), 0) AS spent
FROM customer
LEFT JOIN purchase ON purchase.customer_id = customer.id
GROUP BY customer.id, customer.name;

-- downgrade

DROP VIEW spent_by_customer;
