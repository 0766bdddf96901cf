CREATE TABLE shop.customer (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT customer_pkey PRIMARY KEY,
  name text NOT NULL,
  email text
);

CREATE UNIQUE INDEX customer_email_key ON shop.customer (lower(email)) WHERE email IS NOT NULL;

CREATE TABLE shop.purchase (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT purchase_pkey PRIMARY KEY,
  customer_id bigint NOT NULL
    CONSTRAINT purchase_customer_id_fkey REFERENCES shop.customer (id) ON DELETE CASCADE,
  total numeric(12, 2) NOT NULL CONSTRAINT purchase_total_check CHECK (total >= 0),
  paid_at timestamptz
);

CREATE INDEX purchase_customer_id_idx ON shop.purchase (customer_id);
COMMENT ON COLUMN shop.purchase.paid_at IS 'Null while the purchase is open.';

CREATE VIEW shop.spent_by_customer AS
SELECT customer.id, customer.name, coalesce(sum(purchase.total), 0) AS spent
FROM shop.customer
LEFT JOIN shop.purchase ON purchase.customer_id = customer.id
GROUP BY customer.id, customer.name;
