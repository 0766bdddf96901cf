-- upgrade
ALTER TABLE rfx_user.category RENAME TO topic;
ALTER TABLE rfx_user.topic RENAME CONSTRAINT category_parent_id_fkey TO topic_parent_id_fkey;
ALTER TABLE rfx_user.topic RENAME CONSTRAINT category_pkey TO topic_pkey;
ALTER SEQUENCE rfx_user.category_id_seq RENAME TO topic_id_seq;

-- downgrade
ALTER TABLE rfx_user.topic RENAME TO category;
ALTER TABLE rfx_user.category RENAME CONSTRAINT topic_parent_id_fkey TO category_parent_id_fkey;
ALTER TABLE rfx_user.category RENAME CONSTRAINT topic_pkey TO category_pkey;
ALTER SEQUENCE rfx_user.topic_id_seq RENAME TO category_id_seq;
