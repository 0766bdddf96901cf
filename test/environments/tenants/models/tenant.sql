CREATE TABLE account (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT account_pkey PRIMARY KEY,
  email text NOT NULL,
  plan text NOT NULL CONSTRAINT account_plan_fkey REFERENCES catalog.plan (code)
);

CREATE UNIQUE INDEX account_email_key ON account (lower(email));

CREATE TABLE invoice (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT invoice_pkey PRIMARY KEY,
  account_id bigint NOT NULL
    CONSTRAINT invoice_account_id_fkey REFERENCES account (id) ON DELETE CASCADE,
  total numeric(12, 2) NOT NULL,
  currency text NOT NULL DEFAULT 'EUR'
);

CREATE INDEX invoice_account_id_idx ON invoice (account_id);

CREATE VIEW billed AS
SELECT account.id, account.email, coalesce(sum(invoice.total), 0) AS total
FROM account
LEFT JOIN invoice ON invoice.account_id = account.id
GROUP BY account.id, account.email;
