import type { ClientBase } from 'pg'
import {
  type Action,
  type ObjectId,
  ownAction,
  retypedColumn,
  typeChange,
  withUsing,
} from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { withoutCast } from '../../postgres/statement/index.ts'
import { columnText } from '../questions/names.ts'
import { type Address, addressOf, sqlState } from './address.ts'
import { failsToCast } from './casts.ts'
import { type CastDecisions, recreates } from './decisions.ts'
import { type Dependent, dependentsOf, qualified } from './dependents.ts'
import { filling } from './fill.ts'
import type { Refusal, Repair } from './trial.ts'

/**
 * Clears the way for a refused action by dropping what stands in it and holds no data: it is made again
 * when the difference is taken again. Also writes the cast that PostgreSQL lacks between two enum types.
 */
export async function repairFor(
  client: ClientBase,
  refusal: Refusal,
  casts: CastDecisions,
): Promise<Repair | undefined> {
  const state = sqlState(refusal.error)
  const column = retypedColumn(refusal.action)
  if (column !== undefined) {
    if (failsToCast(refusal.error)) {
      const sql = state === '42846' ? await enumCast(client, refusal.action) : undefined
      if (sql !== undefined) return { first: [], instead: [{ ...refusal.action, sql }] }
      return recreates(casts, columnText(column)) ? dropToRecreate(client, refusal.action, column) : undefined
    }
    return clearTheWay(client, refusal.action, column, ['expressions', 'all'])
  }
  switch (state) {
    case '2BP01': // dependent_objects_still_exist
      if (refusal.action.destroys[0]?.kind === 'collation') {
        return withoutCollation(client, refusal.action)
      }
      return clearTheWay(client, refusal.action, refusal.action.destroys[0], ['all'])
    case '42P13': // invalid_function_definition: another return type, or other parameter names
      return dropFirst(client, refusal.action, 'FUNCTION')
    case '42P16': // invalid_table_definition: CREATE OR REPLACE VIEW with other columns
      return dropFirst(client, refusal.action, 'VIEW')
    case '23502': {
      // not_null_violation
      const instead = filling(refusal, casts)
      return instead === undefined ? undefined : { first: [], instead }
    }
    default:
      return undefined
  }
}

async function clearTheWay(
  client: ClientBase,
  action: Action,
  id: ObjectId | undefined,
  reaches: readonly ('expressions' | 'all')[],
): Promise<Repair | undefined> {
  const address = id === undefined ? undefined : await addressOf(client, id)
  if (address === undefined) return undefined
  for (const reach of reaches) {
    const dependents = await dependentsOf(client, address, reach)
    if (dependents === undefined) return undefined
    if (dependents.length > 0) return { first: dependents.map((each) => dropOf(each, action)) }
  }
  return undefined
}

type Column = {
  readonly kind: 'column'
  readonly schema: string
  readonly table: string
  readonly name: string
}

/** Takes a collation that must go off its columns; the next difference puts the new one on. */
async function withoutCollation(client: ClientBase, action: Action): Promise<Repair | undefined> {
  const [collation] = action.destroys
  const address = collation === undefined ? undefined : await addressOf(client, collation)
  if (address === undefined) return undefined
  const { rows } = await client.query<{ schema: string; table: string; column: string; type: string }>(
    `SELECT n.nspname AS schema, c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
     JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE a.attcollation = $1 AND NOT a.attisdropped AND a.attinhcount = 0 AND a.attgenerated = ''`,
    [address.objid],
  )
  const first = rows.map(({ schema, table, column, type }): Action => {
    const target = `ALTER TABLE ${qualifiedName(schema, table)} ALTER COLUMN ${quoteIdent(column)}`
    const id = { kind: 'column', schema, table, name: column } as const
    return {
      ...action,
      sql: `${target} TYPE ${type}`,
      consumes: [id],
      destroys: [],
      rewrites: true,
      verb: 'alter',
    }
  })
  return first.length === 0 ? undefined : { first }
}

/** Drops a column that a person said may go; the next difference makes it again. */
export async function dropToRecreate(
  client: ClientBase,
  action: Action,
  id: Column,
): Promise<Repair | undefined> {
  const address = await addressOf(client, id)
  if (address === undefined) return undefined
  const dependents = await dependentsOf(client, address, 'all')
  if (dependents === undefined) return undefined
  const sql = `ALTER TABLE ${qualifiedName(id.schema, id.table)} DROP COLUMN ${quoteIdent(id.name)}`
  const drop: Action = {
    ...action,
    sql,
    produces: [],
    consumes: [],
    destroys: [id],
    losesData: true,
    castRisk: 'none',
    verb: 'drop',
  }
  return { first: [...dependents.map((each) => dropOf(each, action)), drop], instead: [] }
}

async function dropFirst(client: ClientBase, action: Action, word: string): Promise<Repair | undefined> {
  const id = action.produces[0] ?? action.consumes[0]
  const address: Address | undefined = id === undefined ? undefined : await addressOf(client, id)
  if (address === undefined || id === undefined) return undefined
  const dependents = (await dependentsOf(client, address, 'all')) ?? []
  const rows = await qualified(client, () =>
    client.query<{ type: string; schema: string | null; identity: string }>(
      'SELECT type, schema, identity FROM pg_identify_object($1, $2, $3)',
      [address.classid, address.objid, address.objsubid],
    ),
  )
  const self = rows[0]
  if (self === undefined || !self.type.toUpperCase().includes(word)) return undefined
  const drop = { ...self, partOf: null, dropSql: `DROP ${self.type.toUpperCase()} ${self.identity}` }
  return { first: [...dependents, drop].map((each) => dropOf(each, action)) }
}

/** A statement of ours that drops what stands in the way of `cause`. */
export function dropOf(dependent: Dependent, cause: Action): Action {
  const about: readonly ObjectId[] =
    dependent.schema === null ? cause.consumes : [{ kind: 'schema', name: dependent.schema }]
  return ownAction(dependent.dropSql, about, { verb: 'drop' })
}

/**
 * Rewrites `USING c::new_enum` to go by text where both sides are enum types, or both arrays of them: there is no cast
 * between two enum types. Undefined for any other pair of types, which is a person's decision: an array's text is no
 * value of its elements' type.
 */
async function enumCast(client: ClientBase, action: Action): Promise<string | undefined> {
  const { column, type, using } = typeChange(action) ?? {}
  if (column === undefined || type === undefined || using === undefined) return undefined
  const value = withoutCast(using)
  if (value === using || withoutCast(value) !== value) return undefined
  const { rows } = await client.query<{ from: string; to: string; wasArray: boolean; array: boolean }>(
    `SELECT coalesce(fe.typtype, f.typtype) AS from, coalesce(te.typtype, t.typtype) AS to, fe.oid IS NOT NULL AS "wasArray",
            te.oid IS NOT NULL AS array
     FROM pg_attribute a
     JOIN pg_class c ON c.oid = a.attrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace
     JOIN pg_type f ON f.oid = a.atttypid
     LEFT JOIN pg_type fe ON fe.oid = f.typelem AND f.typcategory = 'A'
     JOIN pg_type t ON t.oid = to_regtype($4)
     LEFT JOIN pg_type te ON te.oid = t.typelem AND t.typcategory = 'A'
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attname = $3`,
    [column.schema, column.table, column.name, type],
  )
  const types = rows[0]
  if (types?.from !== 'e' || types.to !== 'e' || types.wasArray !== types.array) return undefined
  return withUsing(action.sql, `${value}::text${types.array ? '[]' : ''}::${type}`)
}
