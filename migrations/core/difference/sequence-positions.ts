import type { FactBase } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent, quoteLiteral } from '../postgres/index.ts'
import { tableChange } from '../postgres/statement/index.ts'
import type { Action } from './action.ts'
import { idKey, type ObjectId } from './ids.ts'
import {
  isSameSequence,
  type NumberedColumn,
  numberedColumns,
  type SequenceInfo,
  sequenceId,
  sequenceOf,
} from './numbered-columns.ts'
import { ownAction } from './own-action.ts'
import type { TableName } from './parents.ts'
import { shortened } from './shortened.ts'

/**
 * The actions with what keeps sequences ahead of the rows that are there. A sequence in place of another takes over its
 * position (`last_value` and `is_called`; manual, CREATE SEQUENCE, Notes). One that is new for a column with rows goes on
 * after the last of their values. A new column needs neither: PostgreSQL numbers its rows.
 */
export function withPositions(
  actions: readonly Action[],
  source: FactBase,
  wanted: FactBase,
): readonly Action[] {
  const gone = new Set(actions.flatMap(({ destroys }) => destroys.map(idKey)))
  const handed: { readonly from: SequenceInfo; readonly to: SequenceInfo }[] = []
  let out = actions
  for (const { column, sequence } of numberedColumns(wanted)) {
    const old = source.get(column) === undefined ? undefined : { sequence: sequenceOf(source, column) }
    const table: ObjectId = { kind: 'table', schema: column.schema, name: column.table }
    if (old === undefined || gone.has(idKey(table)) || gone.has(idKey(column))) continue
    if (old.sequence !== undefined && isUnchanged(old.sequence, sequence, gone)) continue
    const { sequence: from } = old
    const before = handed.find(({ to }) => isSameSequence(to, sequence))
    if (before !== undefined && from !== undefined && isSameSequence(before.from, from)) continue
    const taken = from === undefined || before !== undefined ? undefined : takingOver(out, from, sequence)
    if (taken !== undefined && from !== undefined) handed.push({ from, to: sequence })
    out = taken ?? goingOnAfterRows(out, { column, sequence })
  }
  return out
}

function isUnchanged(old: SequenceInfo, now: SequenceInfo, gone: ReadonlySet<string>): boolean {
  if (old.isIdentity && now.isIdentity) return true
  return isSameSequence(old, now) && !gone.has(idKey(sequenceId(old)))
}

/** With `now` at the position of `old`; undefined where `old` stays, or goes in a way that is not known. */
function takingOver(
  actions: readonly Action[],
  old: SequenceInfo,
  now: SequenceInfo,
): readonly Action[] | undefined {
  const drop = actions.findIndex((action) => dropsAlone(action, old))
  const make = actions.findIndex((action) => makes(action, now))
  const [dropping, making] = [actions[drop], actions[make]]
  if (dropping === undefined || making === undefined) return undefined
  const waiting = isSameSequence(old, now)
    ? { ...old, name: shortened(old.name, '__replaced') }
    : { schema: old.schema, name: old.name }
  const position = positionFrom(waiting, old, now)
  const renames = isSameSequence(old, now) ? renamed(old, waiting) : []
  if (old.isIdentity) {
    // DROP IDENTITY drops the sequence, so the next one is made before it.
    return actions.flatMap((action) =>
      action === making ? [] : action === dropping ? [...renames, making, position, dropping] : [action],
    )
  }
  const last =
    renames.length === 0 ? dropping : { ...dropping, ...droppingOf(waiting), destroys: [sequenceId(waiting)] }
  const released =
    renames.length === 0
      ? []
      : [ownAction(`ALTER SEQUENCE ${nameOf(old)} OWNED BY NONE`, [sequenceId(old)], quiet), ...renames]
  // The old one is read when nothing can draw from it any more.
  const at = drop > make ? dropping : making
  return actions.flatMap((action) => [
    ...(action === dropping ? released : []),
    ...(action === dropping ? [] : [action]),
    ...(action === at ? [position, last] : []),
  ])
}

/** Whether an action drops the sequence, and no table or column with it. */
function dropsAlone({ verb, produces, destroys }: Action, sequence: SequenceInfo): boolean {
  const key = idKey(sequenceId(sequence))
  const isAlone = destroys[0]?.kind === 'sequence' || verb === 'alter'
  return isAlone && produces.length === 0 && destroys.some((id) => idKey(id) === key)
}

/** CREATE SEQUENCE, or ADD IDENTITY to a column that is there. */
function makes({ verb, produces, destroys }: Action, sequence: SequenceInfo): boolean {
  const key = idKey(sequenceId(sequence))
  const isMaking = produces[0]?.kind === 'sequence' || verb === 'alter'
  return isMaking && destroys.length === 0 && produces.some((id) => idKey(id) === key)
}

const quiet = { lock: 'none' } as const

function renamed(from: SequenceInfo, to: TableName): readonly Action[] {
  const sql = `ALTER SEQUENCE ${nameOf(from)} RENAME TO ${quoteIdent(to.name)}`
  return [ownAction(sql, [], { ...quiet, produces: [sequenceId(to)], destroys: [sequenceId(from)] })]
}

function droppingOf(sequence: TableName): Pick<Action, 'sql' | 'consumes'> {
  return { sql: `DROP SEQUENCE ${nameOf(sequence)}`, consumes: [] }
}

/** Sets a sequence to the position that a relation of `last_value` and `is_called` holds, as `old` has them. */
export function positionFrom(from: TableName, old: SequenceInfo, now: SequenceInfo): Action {
  // A position beyond the new bounds is none: setval would refuse it.
  const fits = now.minValue <= old.minValue && now.maxValue >= old.maxValue
  const within = fits ? '' : ` WHERE last_value BETWEEN ${now.minValue} AND ${now.maxValue}`
  const sql = `SELECT setval(${quoteLiteral(nameOf(now))}, last_value, is_called) FROM ${nameOf(from)}${within}`
  return ownAction(sql, [sequenceId(now), sequenceId(from)], quiet)
}

/** With the sequence after the last value of the column, as soon as the column takes its numbers from it. */
function goingOnAfterRows(
  actions: readonly Action[],
  { column, sequence }: NumberedColumn,
): readonly Action[] {
  const at = actions.findLastIndex((action) => uses(action, column, sequence))
  if (at === -1) return actions
  const after = afterRows({ schema: column.schema, name: column.table }, column.name, sequence)
  return [...actions.slice(0, at + 1), after, ...actions.slice(at + 1)]
}

function uses(
  action: Action,
  { schema, table, name }: NumberedColumn['column'],
  sequence: SequenceInfo,
): boolean {
  if (sequence.isIdentity) return makes(action, sequence)
  const key = idKey({ kind: 'default', schema, table, name })
  const touches = [...action.produces, ...action.consumes].some((id) => {
    return idKey(id) === key || idKey(id) === idKey({ kind: 'column', schema, table, name })
  })
  const change = tableChange(action.sql)
  return touches && change?.kind === 'set default' && change.value.startsWith('nextval(')
}

/**
 * Moves a sequence to the last value of a column, unless it is there or further already, so that columns may share one.
 * A table without rows leaves it as it is.
 */
export function afterRows(table: TableName, column: string, sequence: SequenceInfo): Action {
  const [name, own] = [nameOf(table), nameOf(sequence)]
  const last = `${sequence.descends ? 'min' : 'max'}(${quoteIdent(column)})`
  const isBeyond = `${last} ${sequence.descends ? '<=' : '>='} (SELECT last_value FROM ${own})`
  const sql = `SELECT setval(${quoteLiteral(own)}, ${last}) FROM ${name} HAVING ${isBeyond}`
  return ownAction(
    sql,
    [sequenceId(sequence), { kind: 'table', schema: table.schema, name: table.name }],
    quiet,
  )
}

function nameOf({ schema, name }: TableName): string {
  return qualifiedName(schema, name)
}
