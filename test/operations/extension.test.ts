import { describe, expect, test } from 'vitest'
import { directives } from '../../migrations/core/operations/index.ts'
import { databaseTest } from '../support/database.ts'

const { createExtension, dropExtension, alterExtension } = directives
const scope = { schema: 'my app' }
const texts = (statements: readonly { readonly sql: string }[]) => statements.map(({ sql }) => sql)

describe('Extensions', () => {
  test('createExtension puts it into the target schema and names its version', () => {
    expect(
      texts(createExtension.forward(scope, 'uuid-ossp', { version: '1.1', cascade: true, comment: 'ids' })),
    ).toEqual([
      `CREATE EXTENSION "uuid-ossp" SCHEMA "my app" VERSION '1.1' CASCADE`,
      `COMMENT ON EXTENSION "uuid-ossp" IS 'ids'`,
    ])
  })

  test('dropExtension is reversed by what existed', () => {
    expect(texts(dropExtension.forward(scope, 'citext', { ifExists: true }))).toEqual([
      'DROP EXTENSION IF EXISTS citext',
    ])
    expect(texts(dropExtension.reverse(scope, 'citext', { existing: { schema: 'public' } }))).toEqual([
      'CREATE EXTENSION citext SCHEMA public',
    ])
  })

  test('alterExtension goes back in the opposite order', () => {
    const changes = { version: '2', schema: 'b', existing: { version: '1', schema: 'a' } }
    expect(texts(alterExtension.forward(scope, 'x', changes))).toEqual([
      `ALTER EXTENSION x UPDATE TO '2'`,
      'ALTER EXTENSION x SET SCHEMA b',
    ])
    expect(texts(alterExtension.reverse(scope, 'x', changes))).toEqual([
      'ALTER EXTENSION x SET SCHEMA a',
      `ALTER EXTENSION x UPDATE TO '1'`,
    ])
  })

  // Of all extensions only plpgsql comes with every server; the others are contrib files.
  databaseTest(
    'forward and reverse restore the extension of a server that has only plpgsql',
    async ({ database }) => {
      const { client } = database
      const read = async () => {
        const { rows } = await client.query(
          'SELECT extname, extversion, extnamespace::regnamespace::text AS schema FROM pg_extension',
        )
        return rows
      }
      const before = await read()
      const options = { existing: { schema: 'pg_catalog', version: '1.0' } }
      for (const sql of texts(dropExtension.forward(scope, 'plpgsql'))) await client.query(sql)
      expect(await read()).toEqual([])
      for (const sql of texts(dropExtension.reverse(scope, 'plpgsql', options))) await client.query(sql)
      expect(await read()).toEqual(before)
    },
  )
})
