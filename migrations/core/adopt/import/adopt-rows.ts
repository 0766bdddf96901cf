import { MigError } from '../../errors.ts'
import {
  createLedger,
  digestOf,
  ledgerStatements,
  readApplied,
  releaseLocks,
  takeLocks,
} from '../../ledger/index.ts'
import { ofLine } from '../../runner/applied/state.ts'
import { fileChecksum, type Project, type Session } from '../../runner/index.ts'
import { whereFrom } from '../../runner/session/session.ts'
import type { AdoptedRows } from './applied.ts'

/**
 * Writes what is applied into our ledger, under the locks and in one transaction; runs no revision. Rows that are
 * there already are left.
 * @throws MigError `already-adopted` when the ledger says something else.
 */
export async function adoptRows(
  session: Session,
  project: Project,
  rows: readonly AdoptedRows[],
): Promise<void> {
  const { client, emit, signal } = session
  const { env, files } = project
  const targetSchemas = rows.map((row) => row.targetSchema).sort()
  if (rows.length === 0) return
  await takeLocks(client, { ledgerSchema: env.ledgerSchema, targetSchemas, wait: env.lockWait, emit, signal })
  try {
    await createLedger(client, env.ledgerSchema)
    const applied = await readApplied(client, env.ledgerSchema)
    const statements = rows.flatMap(({ line, targetSchema, revisions }) => {
      const before = applied.get(targetSchema) ?? []
      if (before.length > 0 && before.join(' ') === revisions.join(' ')) return []
      if (before.length > 0) throw alreadyAdopted(targetSchema, before)
      const [revision = ''] = revisions
      const file = files.get(revision)
      const covered = [...ofLine(project, line, revisions)]
      return ledgerStatements(env.ledgerSchema, {
        direction: 'stamp',
        line,
        revision,
        targetSchema,
        before,
        after: revisions,
        checksum: file === undefined ? null : fileChecksum(file.path),
        host: whereFrom,
        ...{ digest: digestOf(covered), covered },
      })
    })
    if (statements.length > 0) await client.query(['BEGIN', ...statements, 'COMMIT'].join('; '))
  } finally {
    await releaseLocks(client, env.ledgerSchema, targetSchemas)
  }
}

/**
 * Looks for rows of ours in the way, before anything is written.
 * @throws MigError `already-adopted`
 */
export async function checkNotAdopted(
  session: Session,
  ledgerSchema: string,
  rows: readonly Pick<AdoptedRows, 'targetSchema' | 'revisions'>[],
): Promise<void> {
  const applied = await readApplied(session.client, ledgerSchema)
  for (const { targetSchema, revisions } of rows) {
    const before = applied.get(targetSchema) ?? []
    if (before.length > 0 && before.join(' ') !== revisions.join(' '))
      throw alreadyAdopted(targetSchema, before)
  }
}

function alreadyAdopted(targetSchema: string, before: readonly string[]): MigError {
  return new MigError('already-adopted', `the ledger already has ${targetSchema} at ${before.join(', ')}`, {
    help: 'import only into a schema that has no ledger rows yet; see what is applied: just mig-current',
    facts: { targetSchema, applied: before },
  })
}
