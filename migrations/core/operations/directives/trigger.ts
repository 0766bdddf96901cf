import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import { type Deferral, deferralSql } from '../clauses/constraints.ts'
import { type Directive, statements, words } from '../directive.ts'
import { dropOnTable, onTable, renameOnTable } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { literalText } from '../sql-text.ts'

export type TriggerEvent =
  | 'insert'
  | 'update'
  | 'delete'
  | 'truncate'
  | { readonly update: readonly string[] }

export interface TriggerSpec extends Deferral {
  readonly when: 'before' | 'after' | 'instead of'
  readonly events: readonly TriggerEvent[]
  /** Default: statement, as in SQL. */
  readonly forEach?: 'row' | 'statement'
  /** The WHEN condition, as SQL. */
  readonly condition?: string
  readonly function: ObjectName
  /** Text arguments of the function. */
  readonly args?: readonly string[]
  readonly referencing?: { readonly oldTable?: string; readonly newTable?: string }
  readonly constraint?: boolean
  readonly comment?: string
}

/** `origin` is what ENABLE TRIGGER gives: it fires but in replica mode. */
export type TriggerFiring = 'origin' | 'replica' | 'always' | 'disabled'

export interface TriggerChanges {
  readonly firing: TriggerFiring
  /** Default: origin, as a trigger is created. */
  readonly existing?: { readonly firing: TriggerFiring }
}

/** CREATE TRIGGER. Reverse: DROP TRIGGER. */
export const createTrigger: Directive<[name: string, table: ObjectName, spec: TriggerSpec]> = {
  forward: (scope, name, table, spec) =>
    statements(
      triggerSql(scope, name, table, spec),
      commentSql(`TRIGGER ${onTable(scope, name, table)}`, spec.comment),
    ),
  reverse: (scope, name, table) => dropTrigger.forward(scope, name, table),
}

/** DROP TRIGGER. Reverse: CREATE TRIGGER from `existing`. */
export const dropTrigger = dropOnTable<TriggerSpec>('TRIGGER', 'dropTrigger', createTrigger.forward)

/** ALTER TRIGGER … RENAME TO. Reverse: rename back. */
export const renameTrigger = renameOnTable('TRIGGER')

/** ALTER TABLE … ENABLE or DISABLE TRIGGER. Reverse: as `existing` says. */
export const alterTrigger: Directive<[name: string, table: ObjectName, changes: TriggerChanges]> = {
  forward: (scope, name, table, { firing }) =>
    statements(`ALTER TABLE ${nameSql(scope, table)} ${firingWords[firing]} TRIGGER ${quoteIdent(name)}`),
  reverse: (scope, name, table, { existing = { firing: 'origin' } }) =>
    alterTrigger.forward(scope, name, table, existing),
}

const firingWords: Readonly<Record<TriggerFiring, string>> = {
  origin: 'ENABLE',
  replica: 'ENABLE REPLICA',
  always: 'ENABLE ALWAYS',
  disabled: 'DISABLE',
}

function triggerSql(scope: NameScope, name: string, table: ObjectName, spec: TriggerSpec): string {
  const { oldTable, newTable } = spec.referencing ?? {}
  return words(
    'CREATE',
    spec.constraint && 'CONSTRAINT',
    `TRIGGER ${quoteIdent(name)}`,
    spec.when.toUpperCase(),
    spec.events.map(eventSql).join(' OR '),
    `ON ${nameSql(scope, table)}`,
    deferralSql(spec),
    spec.referencing && 'REFERENCING',
    oldTable && `OLD TABLE AS ${quoteIdent(oldTable)}`,
    newTable && `NEW TABLE AS ${quoteIdent(newTable)}`,
    `FOR EACH ${(spec.forEach ?? 'statement').toUpperCase()}`,
    spec.condition && `WHEN (${spec.condition})`,
    `EXECUTE FUNCTION ${nameSql(scope, spec.function)}(${(spec.args ?? []).map(literalText).join(', ')})`,
  )
}

function eventSql(event: TriggerEvent): string {
  return typeof event === 'string'
    ? event.toUpperCase()
    : `UPDATE OF ${event.update.map(quoteIdent).join(', ')}`
}
