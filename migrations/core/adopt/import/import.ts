import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent, splitStatements, toolLedgersIn } from '../../postgres/index.ts'
import { openProject, type Session } from '../../runner/index.ts'
import { type BodyPart, historySql, type ImportedHistory, type ImportedRevision } from '../history.ts'
import type { Recorded } from '../record/proof.ts'
import { adoptRows, checkNotAdopted } from './adopt-rows.ts'
import { type AdoptedRows, adoptedRows, appliedRevisions, type ForeignLedger } from './applied.ts'
import { withBaseline } from './baseline.ts'
import { draftHistory, type ImportDraft } from './draft.ts'
import type { LedgerPlace } from './ledgers.ts'
import { inLines, type LineOfRevision } from './lines.ts'
import type { LineChoice } from './lines-given.ts'
import { modelsOfHistory } from './models-of-history.ts'
import {
  importDiffers,
  type ReplayRequest,
  replayDifferences,
  replayRecording,
  replayToHeads,
} from './replay.ts'
import { otherPath, usualSearchPath } from './search-path.ts'

export interface ImportRequest {
  readonly history: ImportedHistory
  /** What the other tool's ledger says in the live database. */
  readonly ledgers: readonly ForeignLedger[]
  /** Tables of the other tool, which are no part of any schema's state. */
  readonly ignoreTables: readonly string[]
  /** The databases that the other tool has made, where its history was recorded. */
  readonly recorded?: Recorded
  /** How the SQL of a history can be had, for revisions that have none. */
  readonly otherWays?: readonly string[]
  /** `search_path` that the other tool ran under, as SQL; default: that of the database or role, else the target schema. */
  readonly searchPath?: string
  /** Take the SQL of applied revisions from the live database: the first makes it all, the others do nothing. */
  readonly baseline?: boolean
  /** Which line revisions go to, by revision, branch label or folder. */
  readonly lines?: readonly LineChoice[]
  /** Keep the files of a history that does not lead to the live database; then nothing is adopted. */
  readonly keep?: boolean
}

export interface ImportResult {
  /** The revision files, relative to the project folder. */
  readonly files: readonly string[]
  /** Revisions that nothing reverts, with the reason; the other tool's downgrade does not work. */
  readonly irreversible: readonly IrreversibleRevision[]
  /** What our ledger says now; empty where the database has no ledger of the other tool. */
  readonly adopted: readonly AdoptedRows[]
  /** `equal`: replayed, and the same as the live database; `runs`: replayed, with nothing to compare. */
  readonly proof: 'equal' | 'runs' | 'none'
  readonly recording?: RecordingFacts
  /** Model files that were empty, and say now what the revisions make; relative to the project folder. */
  readonly models?: readonly string[]
}

export interface IrreversibleRevision {
  readonly revision: string
  readonly file: string
  readonly reason: string
}

export interface RecordingFacts {
  readonly revisions: number
  readonly seconds: number
  readonly tool: string
}

/**
 * Brings another tool's history in: revision files, proved by a replay on a scratch database against what the tool
 * itself made and against the live database, and then our ledger's rows. Nothing stays when any of it fails.
 * @throws MigError `no-sql` and `reads-live-rows` (exit 4); `which-line`, `unknown-line`, `unknown-version`,
 *   `several-ledgers`, `already-adopted`, `file-exists`; what the graph says of missing parents and the like;
 *   `replay-failed`, `recording-differs` and `import-differs` (exit 5).
 */
export async function importHistory(
  session: Session,
  env: Environment,
  request: ImportRequest,
): Promise<ImportResult> {
  const { history: placed, lines } = inLines(request.history, env, request.lines)
  const applied = appliedRevisions(request.history, request.ledgers)
  if (request.ledgers.length === 0) await warnOfOthers(session, request.history.tool)
  const taken = request.baseline ? await withBaseline(placed, lines, { session, env, ...request }) : placed
  checkKnown(taken, applied, request)
  const usual = request.recorded === undefined ? await usualSearchPath(session) : undefined
  const history = underHouseRules(taken, { env, lines, searchPath: request.searchPath, usual })
  const rows = adoptedRows(history, lines, request.ledgers, env)
  const draft = await draftHistory(history, lines, env)
  const irreversible = request.baseline ? [] : irreversibleRevisions(history)
  try {
    await checkNotAdopted(session, env.ledgerSchema, rows)
    const proof = await proved(session, draft, rows, [...new Set(lines.values())], { ...request, history })
    if (proof === 'differs') return { files: draft.place(), irreversible, adopted: [], proof: 'none' }
    const written =
      rows.length > 0
        ? []
        : await modelsOfHistory(session, { env: draft.env, historySql: historySql(history) })
    const files = draft.place()
    for (const { path, text } of written) writeFileSync(path, text)
    const models = written.map(({ path }) => relative(env.root, path))
    await adoptRows(session, openProject(env), rows)
    return { files, irreversible, adopted: rows, proof, ...(models.length === 0 ? {} : { models }) }
  } finally {
    draft.discard()
  }
}

/** What another tool has applied there is not adopted by this import. */
async function warnOfOthers({ client, emit }: Session, importedTool: string): Promise<void> {
  const other = (await toolLedgersIn(client)).find(({ tool }) => tool !== undefined && tool !== importedTool)
  if (other === undefined) return
  emit({
    ...{ event: 'warning', code: 'other-ledger' },
    message: `the database lacks the table of ${importedTool}, and has ${other.schema}.${other.table}, which is that of ${other.tool}`,
    help: `for what is applied there: just mig-import ${other.tool} PATH`,
  })
}

function irreversibleRevisions({ revisions }: ImportedHistory): readonly IrreversibleRevision[] {
  return revisions.flatMap(({ revision, source: file, irreversible: reason }) =>
    reason === undefined ? [] : [{ revision, file, reason }],
  )
}

/** What a database that is still to be upgraded would get must be known, and must not depend on other rows. */
function checkKnown(
  { revisions }: ImportedHistory,
  applied: ReadonlySet<string>,
  { otherWays = [], baseline }: ImportRequest,
): void {
  const unknown = revisions.filter(({ upgrade }) => upgrade === null)
  if (unknown.length > 0) {
    const what = baseline ? 'still pending, so a baseline has no SQL for them' : 'without SQL'
    throw new MigError(
      'no-sql',
      `${listed(unknown)} ${unknown.length === 1 ? 'is' : 'are'} ${what}; nothing was written`,
      {
        help: baseline ? 'apply them with the tool that wrote them, then import again' : otherWays.join('; '),
        exitCode: exitCodes.decisionNeeded,
        facts: { revisions: unknown.map(({ revision }) => revision) },
      },
    )
  }
  const pending = revisions.filter(({ revision, readsRows }) => readsRows && !applied.has(revision))
  if (applied.size === 0 || pending.length === 0) return
  throw new MigError(
    'reads-live-rows',
    `what ${listed(pending)} would do depends on rows of the live database, where ${pending.length === 1 ? 'it is' : 'they are'} not applied yet; nothing was written`,
    {
      help: 'apply them with the tool that wrote them, then import again',
      exitCode: exitCodes.decisionNeeded,
      facts: { revisions: pending.map(({ revision }) => revision) },
    },
  )
}

/** The first of some revisions, with their number. */
function listed(revisions: readonly ImportedRevision[]): string {
  const [first, ...others] = revisions
  const name = `${first?.revision} (${first?.source})`
  return others.length === 0 ? `revision ${name}` : `${revisions.length} revisions, first ${name},`
}

async function proved(
  session: Session,
  draft: ImportDraft,
  rows: readonly AdoptedRows[],
  lines: readonly string[],
  { history, ignoreTables, keep, recorded }: ImportRequest,
): Promise<ImportResult['proof'] | 'differs'> {
  const replay: ReplayRequest = {
    env: draft.env,
    session,
    rows,
    ignoreTables,
    historySql: historySql(history),
  }
  try {
    openProject(draft.env)
    if (recorded !== undefined) await replayRecording(replay, lines, recorded)
    if (rows.length === 0) {
      if (recorded === undefined) await replayToHeads(replay, lines)
      return 'runs'
    }
    const differences = await replayDifferences(replay)
    if (differences.size > 0) throw importDiffers(differences)
    return 'equal'
  } catch (thrown) {
    const error = draft.atSource(thrown)
    if (!keep || !(error instanceof MigError) || error.exitCode !== exitCodes.proofFailed) throw error
    session.emit({
      event: 'warning',
      code: error.code,
      message: error.message,
      place: error.place,
      help: 'the files were kept, and nothing was adopted: correct them, then run just mig-stamp',
    })
    return 'differs'
  }
}

export type ImportOptions = Pick<ImportRequest, 'keep' | 'baseline' | 'searchPath' | 'lines'> & {
  /** The other tool's ledger, when not in its usual place. */
  readonly ledger?: LedgerPlace
}

/** Paths as messages show them: relative to the project where they are in it. */
export function shownPath(env: Environment): (path: string) => string {
  return (path) => {
    const short = relative(env.root, path)
    return short.startsWith('..') ? path : short || '.'
  }
}

interface HouseRules {
  readonly env: Environment
  readonly lines: LineOfRevision
  /** `search_path` that the other tool ran under, as SQL; undefined for the target schema. */
  readonly searchPath: string | undefined
  /** The one that is set in the database, for revisions to which it means something else than ours. */
  readonly usual: string | undefined
}

/**
 * A history as it can run here: `CREATE SCHEMA` of a line's own schema gets IF NOT EXISTS, and each body starts with
 * the search_path that unqualified names meant in the other tool.
 */
function underHouseRules(history: ImportedHistory, rules: HouseRules): ImportedHistory {
  const schemas = Object.values(rules.env.schemas)
  const revisions = history.revisions.map((revision): ImportedRevision => {
    const target = rules.env.schemas[rules.lines.get(revision.revision) ?? '']
    const path = rules.searchPath ?? otherPath(rules.usual, target, rules.env)
    const body = (parts: readonly BodyPart[]) => {
      const mapped = parts.map((part) => withSchemaThere(part, schemas))
      if (path === undefined || parts.length === 0) return mapped
      return [{ kind: 'sql', sql: `SET LOCAL search_path TO ${path}` } as const, ...mapped]
    }
    return {
      ...revision,
      upgrade: revision.upgrade === null ? null : body(revision.upgrade),
      downgrade: revision.downgrade === null ? null : body(revision.downgrade),
    }
  })
  return { ...history, revisions }
}

function withSchemaThere(part: BodyPart, schemas: readonly string[]): BodyPart {
  if (part.kind === 'autocommit')
    return { ...part, parts: part.parts.map((inner) => withSchemaThere(inner, schemas)) }
  if (!/create\s+schema/i.test(part.sql)) return part
  const names = new Set(schemas.flatMap((schema) => [quoteIdent(schema), `"${schema}"`, schema]))
  const sql = splitStatements(part.sql).reduceRight((text, { start, text: statement }) => {
    const found = /^CREATE\s+SCHEMA\s+(?!IF\b|AUTHORIZATION\b)("[^"]+"|\w+)/i.exec(statement)
    if (found === null || !names.has(found[1] ?? '')) return text
    const head = found[0].slice(0, -(found[1]?.length ?? 0))
    return `${text.slice(0, start)}${head}IF NOT EXISTS ${text.slice(start + head.length)}`
  }, part.sql)
  return { ...part, sql }
}
