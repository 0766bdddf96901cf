import {
  type AppliedRows,
  createLedger,
  forgetProgressStatement,
  ledgerStatements,
  readApplied,
  releaseLocks,
  takeLocks,
} from '../ledger/index.ts'
import { isConnectionLost } from '../postgres/index.ts'
import type { RevisionFile } from '../revisions/index.ts'
import { checkPooler } from './pooler.ts'
import { fileChecksum, type Project } from './project.ts'
import { rollBack, type Session, whereFrom } from './session.ts'

export interface StampRequest {
  /** One target, or several with spaces between them. */
  readonly target: string
  /** Schema keys; default: the environment's filter. */
  readonly lines?: readonly string[]
  /** Empty the ledger of these lines first, ids without a file included. */
  readonly purge?: boolean
}

/** The rows that a stamp would leave, by target schema; only those that change. */
export interface StampPlan {
  readonly changes: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly before: readonly string[]
    readonly after: readonly string[]
  }[]
}

/**
 * What stamping would write, from what the ledger says; nothing is changed.
 * @throws MigError as `planStamp` does.
 */
export async function stampPlan(
  session: Session,
  project: Project,
  request: StampRequest,
): Promise<StampPlan> {
  const { env } = project
  const rows = await readApplied(session.client, env.ledgerSchema, Object.values(env.schemas))
  return { changes: stampChanges(project, rows, request) }
}

/**
 * What stamping would write where the ledger says `rows`. Pure.
 * @throws MigError as `planStamp` does.
 */
export function stampChanges(
  { env, graph, files }: Project,
  rows: AppliedRows,
  request: StampRequest,
): StampPlan['changes'] {
  const lines = request.lines ?? env.filter
  const known = Object.values(env.schemas).flatMap((schema) => rows.get(schema) ?? [])
  const stamped = graph.planStamp({
    applied: known.filter((id) => files.has(id) || !request.purge),
    target: request.target.trim().split(/[\s,]+/),
    lines,
    purge: request.purge ?? false,
  })
  return lines.flatMap((line) => {
    const targetSchema = env.schemas[line]
    if (targetSchema === undefined) return []
    const before = rows.get(targetSchema) ?? []
    const after = stamped.filter(
      (id) => files.get(id)?.line === line || (!files.has(id) && before.includes(id)),
    )
    const same = before.length === after.length && before.every((id) => after.includes(id))
    return same ? [] : [{ line, targetSchema, before, after }]
  })
}

/**
 * Writes the ledger's rows of a stamp, under the locks and in one transaction, and forgets what is half done there.
 * Runs no revision.
 */
export async function applyStamp(
  session: Session,
  project: Project,
  request: StampRequest,
): Promise<StampPlan> {
  const { client, emit, signal, own } = session
  const { env } = project
  if (own !== undefined) await checkPooler(client, own)
  const targetSchemas = (request.lines ?? env.filter).flatMap((line) => env.schemas[line] ?? []).sort()
  await takeLocks(client, { ledgerSchema: env.ledgerSchema, targetSchemas, wait: env.lockWait, emit, signal })
  let lost = false
  try {
    await createLedger(client, env.ledgerSchema)
    const plan = await stampPlan(session, project, request)
    await client.query(stampScript(project, targetSchemas, plan))
    return plan
  } catch (error) {
    lost = isConnectionLost(error)
    if (!lost) await rollBack(session)
    throw error
  } finally {
    // A connection that is gone has given its locks back.
    if (!lost) await releaseLocks(client, env.ledgerSchema, targetSchemas)
  }
}

/**
 * One transaction that writes the ledger's rows of a stamp and forgets what is half done on these target schemas.
 * @param checksumOf of a file; default: reads it
 */
export function stampScript(
  { env, files }: Pick<Project, 'env' | 'files'>,
  targetSchemas: readonly string[],
  { changes }: StampPlan,
  checksumOf: (file: RevisionFile) => string = ({ path }) => fileChecksum(path),
): string {
  const forget = targetSchemas.map((schema) => forgetProgressStatement(env.ledgerSchema, schema))
  const statements = changes.flatMap(({ line, targetSchema, before, after }) => {
    const revision = after.find((id) => !before.includes(id)) ?? after.join(' ')
    const file = files.get(revision)
    const checksum = file === undefined ? null : checksumOf(file)
    return ledgerStatements(env.ledgerSchema, {
      ...{ direction: 'stamp', line, revision, targetSchema, before, after, checksum, host: whereFrom },
    })
  })
  return ['BEGIN', ...forget, ...statements, 'COMMIT'].join('; ')
}
