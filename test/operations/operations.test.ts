import { describe, expect, expectTypeOf, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import {
  type Column,
  type Operations,
  operations,
  type StatementSink,
  type TableSpec,
} from '../../migrations/core/operations/index.ts'
import { databaseTest } from '../support/database.ts'
import { contextOf, databaseSink, recordingSink } from './support/sinks.ts'

describe('op', () => {
  test('tells the target schema quoted and raw, and the schemas of the other lines', () => {
    const op = operations(recordingSink(), { schema: 'tenant_1', schemas: { user: 'Rfx User' }, x: { n: 3 } })
    expect([op.schema, op.schemaName, op.schemas.user, op.x.n]).toEqual([
      'tenant_1',
      'tenant_1',
      '"Rfx User"',
      3,
    ])
    expect(JSON.stringify(op.schemas)).toBe('{"user":"\\"Rfx User\\""}')
    expect(() => op.schemas.usr).toThrow(expect.objectContaining({ code: 'unknown-schema' }))
  })

  test('reads the connection only when it is asked for', () => {
    const offline: StatementSink = {
      ...recordingSinkWithoutClient(),
      get client(): never {
        throw new MigError('offline', 'there is no connection in a script')
      },
    }
    const op = operations(offline, contextOf('app'))
    expect(op.isOffline).toBe(true)
    expect(() => op.client).toThrow(expect.objectContaining({ code: 'offline' }))
  })

  test('takes autocommit inside autocommit as one', async () => {
    const sink = recordingSink()
    const op = operations(sink, contextOf('app'))
    await op.autocommit(() => op.createIndex('i', 't', ['a'], { concurrently: true }))
    await op.createIndex('j', 't', ['a'], { concurrently: true })
    expect(sink.recorded).toEqual([
      { autocommit: [{ sql: 'CREATE INDEX CONCURRENTLY i ON app.t (a)' }] },
      { autocommit: [{ sql: 'CREATE INDEX CONCURRENTLY j ON app.t (a)' }] },
    ])
  })

  test('asks the reverse for what existed, by type and at run time', async () => {
    const op = operations(recordingSink(), contextOf('app'))
    // @ts-expect-error: existing is what the reverse needs
    await expect(op.reverse.dropTable('agents', {})).rejects.toMatchObject({ code: 'no-reverse' })
    await expect(op.reverse.alterColumn('agents', 'a', { type: 'text' })).rejects.toMatchObject({
      code: 'no-reverse',
      facts: { option: 'existing.type' },
    })
  })
})

test('Options are typed', () => {
  expectTypeOf<Operations['createTable']>().parameters.toEqualTypeOf<
    Parameters<Operations['reverse']['createTable']>
  >()
  expectTypeOf<TableSpec['columns']>().toEqualTypeOf<readonly Column[]>()
  expectTypeOf<Operations['addColumn']>().toBeCallableWith('t', {
    name: 'a',
    type: { name: 'mood', array: true },
  })
  expectTypeOf<Operations['dropTable']>().toBeCallableWith('t')
  expectTypeOf<Operations['dropTable']>().returns.toEqualTypeOf<Promise<void>>()
  const rejected = (op: Operations) => [
    // @ts-expect-error: no such action
    op.createForeignKey('f', 'a', 'b', ['x'], ['y'], { onDelete: 'explode' }),
    // @ts-expect-error: a column has a type
    op.addColumn('t', { name: 'a' }),
    // @ts-expect-error: concurrently is what the safe form is
    op.safe.createIndex('i', 't', ['a'], { concurrently: false }),
    // @ts-expect-error: a misspelt option
    op.createIndex('i', 't', ['a'], { uniqe: true }),
  ]
  expectTypeOf(rejected).returns.toBeArray()
})

databaseTest('One specification serves upgrade and downgrade', async ({ database }) => {
  const op = operations(databaseSink(database.client, 'public'), contextOf('public'))
  const agents: TableSpec = {
    columns: [{ name: 'id', type: 'bigint', identity: 'always', primaryKey: true }],
  }
  const model: Column = {
    name: 'model',
    type: 'text',
    nullable: false,
    default: "'small'",
    comment: 'which model answers',
  }

  await op.createTable('agents', agents)
  await op.addColumn('agents', model)
  await op.createIndex('ix_agents_model', 'agents', ['model'])
  await op.bulkInsert('agents', [{}, { model: 'large' }])
  const { rows } = await op.execute('SELECT id::int, model FROM agents ORDER BY id')
  expect(rows).toEqual([
    { id: 1, model: 'small' },
    { id: 2, model: 'large' },
  ])

  await op.reverse.createIndex('ix_agents_model', 'agents', ['model'])
  await op.reverse.addColumn('agents', model)
  await op.reverse.createTable('agents', agents)
  const { rows: left } = await op.execute(
    `SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace`,
  )
  expect(left).toEqual([])
})

function recordingSinkWithoutClient(): Omit<StatementSink, 'client'> {
  const { execute, autocommit, backfill } = recordingSink(true)
  return { offline: true, execute, autocommit, backfill }
}
