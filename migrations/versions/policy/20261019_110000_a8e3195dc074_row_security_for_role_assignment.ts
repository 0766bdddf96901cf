/**
 * row security for role_assignment
 *
 * Revision: a8e3195dc074
 * Revises: 07d5b4ec6a3f
 * Created: 2026-10-19T11:00:00Z
 */
import type { Operations } from '../../core/index.ts'

export const revision = 'a8e3195dc074'
export const downRevision = '07d5b4ec6a3f'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(`
CREATE FUNCTION ${op.schema}.current_profile_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT nullif(current_setting('rfx.profile_id', true), '')::uuid
$$`)
  // As the manual advises for SECURITY DEFINER: a search_path of its own, pg_temp last.
  await op.execute(`
CREATE FUNCTION ${op.schema}.has_permission(resource text, action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ${op.schema}, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM role_assignment AS assignment
    JOIN role_permission AS granted ON granted.role_id = assignment.role_id
    JOIN permission AS wanted ON wanted.id = granted.permission_id
    WHERE assignment.profile_id = current_profile_id()
      AND now() >= assignment.valid_from
      AND (assignment.valid_until IS NULL OR now() < assignment.valid_until)
      AND wanted.resource = has_permission.resource
      AND wanted.action = has_permission.action
  )
$$`)
  await op.execute(`
    COMMENT ON FUNCTION ${op.schema}.current_profile_id() IS 'The profile that the application set as rfx.profile_id, or null.'`)
  await op.execute(`ALTER TABLE ${op.schema}.role_assignment ENABLE ROW LEVEL SECURITY`)
  await op.execute(`
    CREATE POLICY role_assignment_own ON ${op.schema}.role_assignment
    FOR SELECT USING (profile_id = ${op.schema}.current_profile_id())`)
  await op.execute(`
    CREATE POLICY role_assignment_manage ON ${op.schema}.role_assignment
    USING (${op.schema}.has_permission('role_assignment', 'manage'))`)
  await op.execute(`
    COMMENT ON POLICY role_assignment_own ON ${op.schema}.role_assignment IS 'Everyone sees the roles that they have.'`)
}

export async function downgrade(op: Operations): Promise<void> {
  await op.execute(`DROP POLICY role_assignment_manage ON ${op.schema}.role_assignment`)
  await op.execute(`DROP POLICY role_assignment_own ON ${op.schema}.role_assignment`)
  await op.execute(`ALTER TABLE ${op.schema}.role_assignment DISABLE ROW LEVEL SECURITY`)
  await op.execute(`DROP FUNCTION ${op.schema}.has_permission(text, text)`)
  await op.execute(`DROP FUNCTION ${op.schema}.current_profile_id()`)
}
