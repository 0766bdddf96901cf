-- upgrade
ALTER TABLE rfx_user.post DROP CONSTRAINT post_author_fkey;
DROP TABLE rfx_user.post;
DROP TABLE rfx_user.profile;

-- downgrade
CREATE TABLE rfx_user.post (
  id     bigint NOT NULL,
  author bigint,
  CONSTRAINT post_pkey PRIMARY KEY (id)
);
CREATE TABLE rfx_user.profile (
  id    bigint NOT NULL,
  name  text   NOT NULL,
  email text,
  CONSTRAINT profile_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.post ADD CONSTRAINT post_author_fkey FOREIGN KEY (author) REFERENCES rfx_user.profile(id);
