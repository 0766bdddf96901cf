import type { ClientBase } from 'pg'
import { baseObject, namedKindWord, type ObjectId } from '../../difference/index.ts'
import { quoteIdentAlways } from '../../postgres/index.ts'

/** A row of pg_depend's address columns. */
export interface Address {
  readonly classid: number
  readonly objid: number
  readonly objsubid: number
}

/**
 * Where an object stands in the catalogs, or undefined when it does not exist (PostgreSQL manual,
 * pg_get_object_address).
 */
export async function addressOf(client: ClientBase, id: ObjectId): Promise<Address | undefined> {
  const named = addressName(baseObject(id))
  if (named === undefined) return undefined
  await client.query('SAVEPOINT mig_address')
  try {
    const { rows } = await client.query<Address>(
      'SELECT classid::int, objid::int, objsubid FROM pg_get_object_address($1, $2, $3)',
      [named.type, named.names, named.args],
    )
    await client.query('RELEASE SAVEPOINT mig_address')
    return rows[0]
  } catch (error) {
    await client.query('ROLLBACK TO SAVEPOINT mig_address')
    if (isUndefined(error)) return undefined
    throw error
  }
}

interface Named {
  readonly type: string
  readonly names: readonly string[]
  readonly args: readonly string[]
}

function addressName(id: ObjectId): Named | undefined {
  switch (id.kind) {
    case 'table':
    case 'view':
    case 'materializedView':
    case 'foreignTable':
    case 'sequence':
    case 'index':
    case 'collation':
      return { type: namedKindWord(id.kind), names: [id.schema, id.name], args: [] }
    case 'type':
    case 'domain':
      return {
        type: 'type',
        names: [`${quoteIdentAlways(id.schema)}.${quoteIdentAlways(id.name)}`],
        args: [],
      }
    case 'column':
      return { type: 'table column', names: [id.schema, id.table, id.name], args: [] }
    case 'constraint':
      return { type: 'table constraint', names: [id.schema, id.table, id.name], args: [] }
    case 'function':
    case 'procedure':
    case 'aggregate':
      return { type: id.kind, names: [id.schema, id.name], args: id.args }
    case 'extension':
    case 'schema':
      return { type: id.kind, names: [id.name], args: [] }
    default:
      return undefined
  }
}

const undefinedCodes = new Set(['42704', '42P01', '42703', '42883', '3F000', '42809'])

/** Whether PostgreSQL says that what a statement names does not exist. */
export function isUndefined(error: unknown): boolean {
  return undefinedCodes.has(sqlState(error) ?? '')
}

/** The SQLSTATE of a database error. */
export function sqlState(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : undefined
}
