import { quoteIdent } from '../../postgres/sql/quote.ts'
import type { DirectiveStatement } from '../directive.ts'
import {
  type CheckOptions,
  type CreateForeignKeyOptions,
  createCheckConstraint,
  createForeignKey,
  validateConstraint,
} from '../directives/constraint.ts'
import { type NameScope, nameSql, type ObjectName, resolvedName } from '../names.ts'
import { constraintExists, doWhen, helperName, type SafeStep } from './steps.ts'

/**
 * A foreign key without a long lock: ADD … NOT VALID, which looks at no row, then VALIDATE CONSTRAINT, which lets
 * writers go on (manual, ALTER TABLE, "Notes"). Its reverse is `op.reverse.createForeignKey`.
 */
export function addForeignKey(
  scope: NameScope,
  name: string,
  source: ObjectName,
  referent: ObjectName,
  localColumns: readonly string[],
  remoteColumns: readonly string[],
  options: Omit<CreateForeignKeyOptions, 'notValid'> = {},
): readonly SafeStep[] {
  const added = createForeignKey.forward(scope, name, source, referent, localColumns, remoteColumns, {
    ...options,
    notValid: true,
  })
  return addedThenValidated(scope, name, source, added)
}

/** A check without a long lock: ADD … NOT VALID, then VALIDATE CONSTRAINT. Its reverse is `op.reverse.createCheckConstraint`. */
export function addCheck(
  scope: NameScope,
  name: string,
  table: ObjectName,
  condition: string,
  options: Omit<CheckOptions, 'notValid'> = {},
): readonly SafeStep[] {
  const added = createCheckConstraint.forward(scope, name, table, condition, { ...options, notValid: true })
  return addedThenValidated(scope, name, table, added)
}

/**
 * SET NOT NULL without a scan under an exclusive lock: a validated CHECK proves it (manual, ALTER TABLE, SET NOT NULL:
 * the scan is skipped when a valid CHECK constraint shows that no NULL can exist). Its reverse is
 * `op.alterColumn(table, column, { nullable: true })`.
 */
export function setNotNull(scope: NameScope, table: ObjectName, column: string): readonly SafeStep[] {
  const tableSql = nameSql(scope, table)
  const { schema, name } = resolvedName(scope, table)
  const check = notNullHelper(schema, name, column)
  return [
    ...addCheck(scope, check, table, `${quoteIdent(column)} IS NOT NULL`),
    { sql: `ALTER TABLE ${tableSql} ALTER COLUMN ${quoteIdent(column)} SET NOT NULL` },
    // On its own: in one ALTER TABLE the constraint would go before SET NOT NULL could rely on it.
    { sql: `ALTER TABLE ${tableSql} DROP CONSTRAINT IF EXISTS ${quoteIdent(check)}` },
  ]
}

/** The name of the CHECK that stands while a column is made NOT NULL; the same on every run. */
export function notNullHelper(schema: string, table: string, column: string): string {
  return helperName('not null', schema, table, column)
}

function addedThenValidated(
  scope: NameScope,
  name: string,
  table: ObjectName,
  [add, ...comment]: readonly DirectiveStatement[],
): readonly SafeStep[] {
  if (add === undefined) return []
  // PostgreSQL has no ADD CONSTRAINT IF NOT EXISTS. One that is there and validated is somebody else's: that stays an error.
  const missing = `NOT ${constraintExists(nameSql(scope, table), name, false)}`
  return [doWhen(missing, add.sql), ...comment, ...validateConstraint.forward(scope, name, table)]
}
