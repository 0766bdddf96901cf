import type { ClientBase, QueryResult } from 'pg'
import type {
  BackfillSpec,
  OperationsContext,
  Statement,
  StatementSink,
} from '../../../migrations/core/operations/index.ts'
import { qualifiedName } from '../../../migrations/core/postgres/index.ts'

/** What a recording sink was given, in order. */
export type Recorded =
  | Statement
  | { readonly autocommit: readonly Recorded[] }
  | { readonly backfill: BackfillSpec }

const nothing: QueryResult = { command: '', rowCount: null, oid: 0, fields: [], rows: [] }

/** A sink that runs nothing and keeps what it is given. */
export function recordingSink(offline = false): StatementSink & { readonly recorded: readonly Recorded[] } {
  const recorded: Recorded[] = []
  let current = recorded
  return {
    offline,
    recorded,
    get client(): ClientBase {
      throw new Error('a recording sink has no connection')
    },
    async execute(statement) {
      current.push(statement)
      return nothing
    },
    async autocommit(body) {
      const inside: Recorded[] = []
      recorded.push({ autocommit: inside })
      current = inside
      try {
        return await body()
      } finally {
        current = recorded
      }
    },
    async backfill(spec) {
      recorded.push({ backfill: spec })
      return { rows: 0, batches: 0 }
    },
  }
}

/** A sink on a connection, every statement by itself. A backfill is one UPDATE, and may be stopped short. */
export function databaseSink(client: ClientBase, schema: string): StatementSink {
  return {
    offline: false,
    client,
    execute: ({ sql, values }) => (values === undefined ? client.query(sql) : client.query(sql, [...values])),
    autocommit: (body) => body(),
    async backfill({ table, set, where }) {
      const target =
        typeof table === 'string' ? qualifiedName(schema, table) : qualifiedName(table.schema, table.name)
      const { rowCount } = await client.query(`UPDATE ${target} SET ${set} WHERE ${where}`)
      return { rows: rowCount ?? 0, batches: 1 }
    },
  }
}

export function contextOf(schema: string): OperationsContext {
  return { schema, schemas: { [schema]: schema }, x: {} }
}
