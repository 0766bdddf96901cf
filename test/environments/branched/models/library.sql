CREATE TABLE library.author (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT author_pkey PRIMARY KEY,
  name text NOT NULL
);

CREATE TABLE library.shelf (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT shelf_pkey PRIMARY KEY,
  room text NOT NULL
);

CREATE TABLE library.book (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT book_pkey PRIMARY KEY,
  title text NOT NULL,
  author_id bigint CONSTRAINT book_author_id_fkey REFERENCES library.author (id),
  shelf_id bigint CONSTRAINT book_shelf_id_fkey REFERENCES library.shelf (id)
);

CREATE INDEX book_author_id_idx ON library.book (author_id);
CREATE INDEX book_shelf_id_idx ON library.book (shelf_id);
