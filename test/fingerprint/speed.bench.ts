import { bench, describe } from 'vitest'
import { readFingerprint, readFingerprintHashes } from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0, throws: true }
const tenants = Array.from({ length: 500 }, (_, index) => `tenant_${index}`)

/** Ten columns, a primary key, a check, an index and a comment. */
function tableSql(schema: string, index: number): string {
  const texts = Array.from({ length: 7 }, (_, column) => `c${column} text NOT NULL DEFAULT 'x'`).join(', ')
  return `CREATE TABLE ${schema}.t${index} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, o bigint,
      n integer CHECK (n > 0), ${texts});
    CREATE INDEX ON ${schema}.t${index} (o);
    COMMENT ON TABLE ${schema}.t${index} IS 'one of many';`
}

async function makeSchema({ client }: TestDatabase, schema: string, tables: number): Promise<void> {
  await client.query(`CREATE SCHEMA ${schema}`)
  for (let start = 0; start < tables; start += 50) {
    const indexes = Array.from({ length: Math.min(50, tables - start) }, (_, offset) => start + offset)
    await client.query(indexes.map((index) => tableSql(schema, index)).join('\n'))
  }
}

// Made while the file loads, so that no benchmark counts it.
const database = await createTestDatabase()
await makeSchema(database, 'hundred', 100)
await makeSchema(database, 'thousand', 1000)
for (const tenant of tenants) await makeSchema(database, tenant, 5)
await database.client.query('VACUUM ANALYZE')

describe('fingerprint', () => {
  for (const schema of ['hundred', 'thousand']) {
    bench(
      `of ${schema} tables`,
      async () => {
        await readFingerprint(database.client, { schemas: [schema] })
      },
      options,
    )
  }

  bench(
    `hashes of ${tenants.length} tenants of 5 tables`,
    async () => {
      await readFingerprintHashes(database.client, { schemas: tenants })
    },
    options,
  )
})
