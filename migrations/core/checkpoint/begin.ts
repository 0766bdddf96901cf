import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { type LedgerStep, ledgerStatementsTogether } from '../ledger/index.ts'
import {
  isConnectionLost,
  isServerError,
  messageWithoutValues,
  quoteIdent,
  setOwnPathLocal,
} from '../postgres/index.ts'
import { type Beginning, fileChecksum, type PlanStep } from '../runner/index.ts'
import { ledgerStepOf } from '../runner/run/step.ts'
import { rollBack, whereFrom } from '../runner/session/session.ts'
import { stillLocked } from '../runner/statement/own-sql.ts'
import { type DatabaseFacts, readFacts } from './facts.ts'
import { wholeFingerprint } from './fingerprint.ts'
import { type Checkpoint, checkpointKeys, keepCheckpoint, keptCheckpoint } from './kept.ts'
import { isFirstUpgrade, whyNoCheckpoint, whyNotEmpty } from './why-not.ts'

/** A checkpoint of the first steps of a run. */
interface KeyedCheckpoint extends Checkpoint {
  readonly key: string
}

/**
 * Begins a run on an empty database with a checkpoint of its history: the kept one of most steps or, where there is none, one
 * that is made now. All that it stands for is one transaction, in which the fingerprint has to be that of the history; the
 * ledger has every revision. Whatever speaks against it is told, and then each revision runs.
 * @returns how many of the steps are done
 */
export async function beginWithCheckpoint(beginning: Beginning): Promise<number> {
  const { session, project, steps } = beginning
  const { ledgerSchema } = project.env
  if (!(await isFirstUpgrade(session.client, ledgerSchema, steps))) return 0
  const schemas = targetSchemasOf(steps)
  const why = whyNoCheckpoint(project, steps) ?? (await whyNotEmpty(session.client, ledgerSchema, schemas))
  if (why !== undefined) return without(session.emit, why)
  const facts = await readFacts(session.client, schemas)
  const checkpoint = await keptOrMade(beginning, facts)
  if (checkpoint === undefined) return 0
  if (checkpoint.refused !== undefined) return without(session.emit, checkpoint.refused)
  const started = performance.now()
  const failed = await applied(beginning, checkpoint)
  if (failed !== undefined) return without(session.emit, failed)
  const ms = Math.round(performance.now() - started)
  const message = `checkpoint ${shortKey(checkpoint)} in the place of ${checkpoint.steps} revision${checkpoint.steps === 1 ? '' : 's'}, in ${ms} ms`
  session.emit({ event: 'notice', severity: 'INFO', message })
  return checkpoint.steps
}

function targetSchemasOf(steps: readonly PlanStep[]): readonly string[] {
  return [...new Set(steps.map(({ targetSchema }) => targetSchema))]
}

const shortKey = ({ key }: KeyedCheckpoint) => key.slice(0, 12)

function without(emit: EmitEvent, why: string): 0 {
  emit({ event: 'notice', severity: 'INFO', message: `each revision runs, without a checkpoint: ${why}` })
  return 0
}

async function keptOrMade(
  { session, project, steps, revisions }: Beginning,
  facts: DatabaseFacts,
): Promise<KeyedCheckpoint | undefined> {
  const { cacheDir } = project.env
  const keys = checkpointKeys(project, facts, steps, revisions.checksum)
  const kept = keptCheckpoint(cacheDir, keys, (path) =>
    session.emit({
      event: 'warning',
      code: 'damaged-checkpoint',
      message: `${path} has changed since it was written, and is created again`,
      help: 'if this happens again, look for the cause: a full disk, or a pipeline cache that was stored half',
    }),
  )
  if (kept !== undefined) return kept
  const { makeCheckpoint, NoCheckpoint } = await import('./make.ts')
  const made = await makeCheckpoint(session, project, steps, facts).catch(
    (error: unknown): Checkpoint | string => {
      session.signal?.throwIfAborted()
      if (error instanceof NoCheckpoint)
        return { steps: steps.length, statements: [], fingerprint: '', refused: error.message }
      // What a revision throws, it throws again when it runs for good.
      if (error instanceof MigError) return error.message
      if (isServerError(error)) return messageWithoutValues(error)
      throw error
    },
  )
  if (typeof made === 'string') {
    without(session.emit, made)
    return undefined
  }
  const key = keys.at(-1) ?? ''
  const factsNow = await readFacts(session.client, targetSchemasOf(steps))
  const now = checkpointKeys(project, factsNow, steps, ({ path }) => fileChecksum(path))
  if (now.at(-1) !== key) {
    without(session.emit, 'a file or the date changed while it was created')
    return undefined
  }
  keepCheckpoint(cacheDir, key, made)
  return { ...made, key }
}

/** Brings the database to a checkpoint, or leaves it as it was. @returns why it was not done */
async function applied(
  { session, project, steps, missing, revisions }: Beginning,
  checkpoint: KeyedCheckpoint,
): Promise<string | undefined> {
  const { client } = session
  const { ledgerSchema, lockTimeout, statementTimeout } = project.env
  const done = steps.slice(0, checkpoint.steps)
  const schemas = targetSchemasOf(done)
  const opening = [
    'BEGIN',
    `SET LOCAL lock_timeout = ${lockTimeout}`,
    `SET LOCAL statement_timeout = ${statementTimeout}`,
    ...[...missing].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`),
  ]
  try {
    await client.query([...opening, ...checkpoint.statements, setOwnPathLocal].join(';\n'))
    const { hash, objects } = await wholeFingerprint(client, schemas)
    if (hash !== checkpoint.fingerprint) {
      await rollBack(session)
      return `checkpoint ${shortKey(checkpoint)} gives a different result in this database`
    }
    const filled = new Set(
      [...objects.values()].flatMap(({ kind, schema }) => (kind === 'schema' ? [] : [schema])),
    )
    const rows = done.map(
      (step): LedgerStep => ({
        ...ledgerStepOf(step),
        checksum: revisions.checksum(step.file),
        host: whereFrom,
      }),
    )
    const locked = new Map(done.map((step) => [step.targetSchema, stillLocked(ledgerSchema, step)]))
    const ledger = ledgerStatementsTogether(ledgerSchema, rows, { checkpoint: shortKey(checkpoint), filled })
    await client.query([...locked.values(), ...ledger, 'COMMIT'].join(';\n'))
    return undefined
  } catch (error) {
    if (!isServerError(error) || isConnectionLost(error) || session.signal?.aborted) throw error
    await rollBack(session)
    return `checkpoint ${shortKey(checkpoint)} fails here: ${messageWithoutValues(error)}`
  }
}
