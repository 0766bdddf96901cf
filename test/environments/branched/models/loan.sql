CREATE TABLE loan.loan (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT loan_pkey PRIMARY KEY,
  book_id bigint NOT NULL CONSTRAINT loan_book_id_fkey REFERENCES library.book (id),
  due date NOT NULL
);

CREATE TABLE loan.fine (
  loan_id bigint CONSTRAINT fine_pkey PRIMARY KEY
    CONSTRAINT fine_loan_id_fkey REFERENCES loan.loan (id) ON DELETE CASCADE,
  amount numeric(6, 2) NOT NULL
);

CREATE TABLE loan.reservation (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT reservation_pkey PRIMARY KEY,
  author_id bigint NOT NULL CONSTRAINT reservation_author_id_fkey REFERENCES library.author (id)
);
