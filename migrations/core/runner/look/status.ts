import type { TargetSchema } from '../../environment/index.ts'
import type { LockHolder } from '../../events.ts'
import { type ProgressRow, readProgress, targetLockHolders } from '../../ledger/index.ts'
import { qualifiedName } from '../../postgres/index.ts'
import { type AppliedState, readStates } from '../applied/state.ts'
import { finishHelp, stampTarget, targetWords, troubleNote } from '../applied/trouble.ts'
import type { Project } from '../project.ts'
import { holderLife, lifeText } from '../session/holder.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { onEachDatabase, warnUnreachable } from '../targets/databases.ts'
import {
  type IdleTransaction,
  type InvalidIndex,
  idleTransactions,
  invalidIndexes,
  type PreparedTransaction,
  preparedTransactions,
} from './status-queries.ts'

/** Something that is in progress, stuck or in doubt, and the command that fixes it. */
export interface StatusItem {
  readonly kind:
    | 'ledger'
    | 'never-run'
    | 'half-done'
    | 'lock'
    | 'invalid-index'
    | 'idle-in-transaction'
    | 'prepared-transaction'
  readonly targetSchema: string
  /** For people. */
  readonly what: string
  /** The command that fixes it. */
  readonly fix: string
  /** For `--json`, by `kind`. */
  readonly facts: Readonly<Record<string, unknown>>
}

/**
 * What needs a look in target schemas; nothing when all is well. It changes nothing. Of a database that does not answer
 * it warns, unless none does.
 */
export async function targetStatus(
  project: Project,
  targets: readonly TargetSchema[],
  sessions: SessionOptions,
): Promise<readonly StatusItem[]> {
  const items: StatusItem[] = []
  const look = async (session: Session, group: readonly TargetSchema[]) => {
    items.push(...(await statusItems(session, project, group)))
  }
  await onEachDatabase(project.env, targets, sessions, look, warnUnreachable(targets.length, sessions))
  return items
}

async function statusItems(
  { client }: Session,
  project: Project,
  targets: readonly TargetSchema[],
): Promise<readonly StatusItem[]> {
  const { env } = project
  const targetSchemas = targets.map(({ schema }) => schema)
  const states = await readStates(client, project, targets)
  const holders = await targetLockHolders(client, env.ledgerSchema, targetSchemas)
  const halfDone = await readProgress(client, env.ledgerSchema, targetSchemas)
  const words = new Map(
    targets.map(({ line, schema }) => [schema, targetWords(env, { line, targetSchema: schema })]),
  )
  const wordsOf = (schema: string) => words.get(schema) ?? ''
  return [
    ...[...states.values()].flatMap((state) => ledgerItems(project.env, state)),
    ...halfDone.map((row) =>
      halfDoneItem(row, holders.get(row.targetSchema), project, wordsOf(row.targetSchema)),
    ),
    ...[...holders].map(([schema, holder]) => lockItem(schema, wordsOf(schema), holder)),
    ...(await invalidIndexes(client, targetSchemas)).map((index) =>
      indexItem(index, halfDone, project, wordsOf(index.schema)),
    ),
    ...(await idleTransactions(client, targetSchemas)).map(idleItem),
    ...(await preparedTransactions(client, targetSchemas)).map(preparedItem),
  ]
}

/** What is wrong with the rows of a target schema, and what was put below them. */
function ledgerItems(env: Project['env'], state: AppliedState): readonly StatusItem[] {
  const { targetSchema, rows, neverRun, trouble } = state
  const note = troubleNote(env, state)
  if (note !== null)
    return [
      { kind: 'ledger', targetSchema, what: note.what, fix: note.help, facts: { applied: rows, trouble } },
    ]
  if (neverRun.length === 0) return []
  const words = targetWords(env, state)
  return [
    {
      kind: 'never-run',
      targetSchema,
      what: `${neverRun.join(', ')} was added below ${rows.join(', ')}, which is applied, and never ran here`,
      fix: `just mig-upgrade head ${words}; if what it does is there already: just mig-stamp ${stampTarget(rows)} ${words}`,
      facts: { applied: rows, neverRun },
    },
  ]
}

function halfDoneItem(
  row: ProgressRow,
  holder: LockHolder | undefined,
  { files }: Pick<Project, 'files'>,
  words: string,
): StatusItem {
  const { direction, revision, targetSchema, statement, backfill, pending, host, updatedAt } = row
  const parts = [
    `${direction} ${revision}: ${statement} ${statement === 1 ? 'statement' : 'statements'} done`,
    ...(pending === null ? [] : [`statement ${pending.statement} begun`]),
    ...(backfill === null ? [] : [`backfill at ${backfill.rows} rows, ${backfill.batches} batches`]),
    `by ${host}, last at ${updatedAt.toISOString().slice(0, 19)}Z`,
  ]
  return {
    kind: 'half-done',
    targetSchema,
    what: parts.join(', '),
    fix: halfDoneFix(finishHelp(row, files, words), words, holder),
    facts: { ...row, running: holder !== undefined && holderLife(holder) === 'alive' },
  }
}

/** What goes on with a half-done revision: its runner, or a command, for which the lock of a dead one must go first. */
function halfDoneFix(finish: string, words: string, holder: LockHolder | undefined): string {
  if (holder === undefined) return finish
  const fix = lockFix(words, holder)
  return holderLife(holder) === 'alive' ? fix : `${fix}, then ${finish}`
}

function lockItem(targetSchema: string, words: string, holder: LockHolder): StatusItem {
  const what = `locked by ${holderText(holder)}, ${lifeText(holder)}`
  const facts = { holder, life: holderLife(holder) }
  return { kind: 'lock', targetSchema, what, fix: lockFix(words, holder), facts }
}

function lockFix(words: string, holder: LockHolder): string {
  const { pid } = holder
  return {
    dead: `just mig-unlock ${words}`,
    outsider: `just mig-unlock ${words}`,
    alive: `it is running (pid ${pid}); nothing to do`,
    unknown: `when you know that pid ${pid} is gone: just mig-unlock ${words} --force ${pid}`,
  }[holderLife(holder)]
}

function indexItem(
  index: InvalidIndex,
  halfDone: readonly ProgressRow[],
  { files }: Pick<Project, 'files'>,
  words: string,
): StatusItem {
  const { schema, name, table, builtBy } = index
  const owner = halfDone.find((row) => row.targetSchema === schema && row.pending !== null)
  const fix =
    builtBy !== null
      ? `it is being built by pid ${builtBy}; nothing to do`
      : owner !== undefined
        ? `the next run builds it again: ${finishHelp(owner, files, words)}`
        : `just db-psql -c 'DROP INDEX CONCURRENTLY ${qualifiedName(schema, name)}'`
  const what = `index ${name} on ${table} is INVALID: it slows every write, and no query uses it`
  return { kind: 'invalid-index', targetSchema: schema, what, fix, facts: { ...index } }
}

function idleItem({ holder, schema, relations, idleFor }: IdleTransaction): StatusItem {
  return {
    kind: 'idle-in-transaction',
    targetSchema: schema,
    what: `${holderText(holder)} has been idle in a transaction for ${idleFor} s and holds locks on ${relations.join(', ')}`,
    fix: `just db-psql -c 'SELECT pg_terminate_backend(${holder.pid})'`,
    facts: { holder, relations, idleForSeconds: idleFor },
  }
}

function preparedItem({ gid, schema, relations, preparedAt }: PreparedTransaction): StatusItem {
  return {
    kind: 'prepared-transaction',
    targetSchema: schema,
    what: `prepared transaction ${gid} of ${preparedAt.slice(0, 19)}Z holds locks on ${relations.join(', ')}`,
    fix: `ROLLBACK PREPARED or COMMIT PREPARED, as its owner says`,
    facts: { gid, relations, preparedAt },
  }
}

function holderText({ pid, application, user, host, since }: LockHolder): string {
  return `pid ${pid} (${application || 'no application name'}, ${user}@${host}, since ${since})`
}
