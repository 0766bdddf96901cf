-- upgrade
CREATE TABLE rfx_user.node (
  id     bigint NOT NULL,
  parent bigint,
  CONSTRAINT node_pkey PRIMARY KEY (id)
);
ALTER TABLE rfx_user.node ADD CONSTRAINT node_parent_fkey FOREIGN KEY (parent) REFERENCES rfx_user.node(id) ON DELETE SET NULL;

-- downgrade
ALTER TABLE rfx_user.node DROP CONSTRAINT node_parent_fkey;
DROP TABLE rfx_user.node;
