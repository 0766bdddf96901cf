/**
 * create role and permission
 *
 * Revision: f2c86e03a91b
 * Revises:
 * Created: 2026-09-08T10:00:00Z
 *
 * Downgrade loses: table rfx_policy.role
 * Downgrade loses: table rfx_policy.permission
 * Downgrade loses: table rfx_policy.role_permission
 */
import type { Operations } from '../../core/index.ts'

export const revision = 'f2c86e03a91b'
export const downRevision = null
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
    CREATE TABLE ${op.schema}.role (
      id bigint GENERATED ALWAYS AS IDENTITY,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      built_in boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT role_pkey PRIMARY KEY (id),
      CONSTRAINT role_name_key UNIQUE (name),
      CONSTRAINT role_name_check CHECK (name ~ '^[a-z][a-z0-9_]*$')
    )`)
  await op.execute(`
    CREATE TABLE ${op.schema}.permission (
      id bigint GENERATED ALWAYS AS IDENTITY,
      resource text NOT NULL,
      action text NOT NULL,
      CONSTRAINT permission_pkey PRIMARY KEY (id),
      CONSTRAINT permission_resource_action_key UNIQUE (resource, action),
      CONSTRAINT permission_action_check CHECK (action IN ('read', 'write', 'manage'))
    )`)
  await op.execute(`
    CREATE TABLE ${op.schema}.role_permission (
      role_id bigint NOT NULL,
      permission_id bigint NOT NULL,
      granted_at timestamptz NOT NULL DEFAULT now(),
      CONSTRAINT role_permission_pkey PRIMARY KEY (role_id, permission_id),
      CONSTRAINT role_permission_role_id_fkey
        FOREIGN KEY (role_id) REFERENCES ${op.schema}.role (id) ON DELETE CASCADE,
      CONSTRAINT role_permission_permission_id_fkey
        FOREIGN KEY (permission_id) REFERENCES ${op.schema}.permission (id) ON DELETE CASCADE
    )`)
  await op.execute(`
    CREATE INDEX role_permission_permission_id_idx ON ${op.schema}.role_permission (permission_id)`)
  await op.execute(`COMMENT ON TABLE ${op.schema}.role IS 'A named set of permissions.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP TABLE ${op.schema}.role_permission`)
  await op.execute(`DROP TABLE ${op.schema}.permission`)
  await op.execute(`DROP TABLE ${op.schema}.role`)
}
