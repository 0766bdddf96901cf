-- upgrade
CREATE TABLE rfx_user.post (
  id     bigint NOT NULL,
  author bigint NOT NULL,
  body   text,
  CONSTRAINT post_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.profile (
  id    bigint NOT NULL,
  name  text   NOT NULL,
  email text,
  CONSTRAINT profile_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.post ADD CONSTRAINT post_author_fkey FOREIGN KEY (author) REFERENCES rfx_user.profile(id) ON DELETE CASCADE;

-- downgrade
ALTER TABLE rfx_user.post DROP CONSTRAINT post_author_fkey;
DROP TABLE rfx_user.post;
DROP TABLE rfx_user.profile;
