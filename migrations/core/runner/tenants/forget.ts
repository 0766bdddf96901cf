import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import {
  createLedger,
  digestOf,
  forgetProgressStatement,
  ledgerStatements,
  readRecords,
} from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import { holdingLocks } from '../session/locks.ts'
import { type SessionOptions, usingSession, whereFrom } from '../session/session.ts'
import { databaseEnvironment } from '../targets/databases.ts'

/**
 * The statements that have the ledger say that nothing is applied to a tenant and nothing is half done; none where
 * it says nothing of it. The log keeps what was, and that it no longer counts. Not for inside a transaction.
 * @throws MigError `no-permission`, `foreign-ledger`
 */
export async function forgetStatements(
  client: ClientBase,
  ledgerSchema: string,
  { line, schema }: Pick<TargetSchema, 'line' | 'schema'>,
): Promise<readonly string[]> {
  const record = (await readRecords(client, ledgerSchema, [schema])).get(schema)
  if (record === undefined) return []
  const { rows, last, halfDone } = record
  const isForgotten = last === null || last.heads?.length === 0
  if (rows.length === 0 && isForgotten && !halfDone) return []
  await createLedger(client, ledgerSchema)
  return [
    forgetProgressStatement(ledgerSchema, schema),
    ...ledgerStatements(ledgerSchema, {
      ...{ direction: 'stamp', line, revision: '', targetSchema: schema, before: rows, after: [] },
      ...{ digest: digestOf([]), covered: [], checksum: null, host: whereFrom },
    }),
  ]
}

/** Forgets what the ledger says of a tenant whose schema is not there, since none of it can be true of a new one. */
export async function forgetLeftovers(
  project: Project,
  tenant: TargetSchema,
  sessions: SessionOptions,
): Promise<void> {
  const env = databaseEnvironment(project.env, tenant.databaseUrl)
  await usingSession(env, sessions, async (session) => {
    const { client } = session
    await holdingLocks(session, env, [tenant.schema], async () => {
      const statements = await forgetStatements(client, env.ledgerSchema, tenant)
      if (statements.length > 0) await client.query(['BEGIN', ...statements, 'COMMIT'].join('; '))
    })
  })
}
