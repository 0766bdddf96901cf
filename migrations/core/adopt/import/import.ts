import type { Environment } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { openProject, type Session } from '../../runner/index.ts'
import { type ImportedHistory, leavingOut, type UnconvertedPlace, unconvertedPlaces } from '../history.ts'
import { adoptRows, checkNotAdopted } from './adopt-rows.ts'
import { type AdoptedRows, adoptedRows, appliedRevisions, type ForeignLedger } from './applied.ts'
import { withBaseline } from './baseline.ts'
import { type Draft, draftHistory } from './draft.ts'
import { type FollowedHistory, type Stopped, withFollowed } from './follow.ts'
import { underHouseRules } from './house-rules.ts'
import { inLines } from './lines.ts'
import type { LineChoice } from './lines-given.ts'
import { importDiffers, type ReplayRequest, replayDifferences, replayToHeads } from './replay.ts'

export interface ImportRequest {
  readonly history: ImportedHistory
  /** What the other tool's ledger says in the live database. */
  readonly ledgers: readonly ForeignLedger[]
  /** Tables of the other tool, which are no part of any schema's state. */
  readonly ignoreTables: readonly string[]
  /** `search_path` that the other tool ran under, as SQL; default: the target schema. */
  readonly searchPath?: string
  /** Write revisions that stop where something could not be converted. */
  readonly allowUnconverted?: boolean
  /**
   * Leave out of applied revisions what could not be converted. The replay must then still give what the live
   * database has: what is left out has only moved rows.
   */
  readonly skipUnconverted?: boolean
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
  readonly unconverted: readonly UnconvertedPlace[]
  /** Files whose upgrade was found by following it on a scratch database. */
  readonly followed: readonly string[]
  /** What our ledger says now; empty where the database has no ledger of the other tool. */
  readonly adopted: readonly AdoptedRows[]
  /** `equal`: replayed, and the same as the live database; `runs`: replayed, with nothing to compare. */
  readonly proof: 'equal' | 'runs' | 'none'
}

/**
 * Brings another tool's history in: revision files, proved by a replay on a scratch database against the live one,
 * and then our ledger's rows. Nothing stays when any of it fails.
 * @throws MigError `unconverted` (exit 4) with every place, unless allowed; `which-line`, `unknown-line`, `unknown-version`,
 *   `several-ledgers`, `already-adopted`, `file-exists`; what the graph says of missing parents and the like;
 *   `replay-failed` and `import-differs` (exit 5).
 */
export async function importHistory(
  session: Session,
  env: Environment,
  request: ImportRequest,
): Promise<ImportResult> {
  const { history: placed, lines } = inLines(request.history, env, request.lines)
  const applied = appliedRevisions(request.history, request.ledgers)
  const followed: FollowedHistory = request.baseline
    ? { history: placed, found: new Set(), stopped: [] }
    : await withFollowed(placed, {
        session,
        env,
        lines,
        forNew: applied.size > 0 ? applied : new Set(lines.keys()),
        searchPath: request.searchPath,
        goesOn: request.skipUnconverted ?? false,
      })
  const read = request.skipUnconverted ? leavingOut(followed.history, applied) : followed.history
  const taken = request.baseline ? await withBaseline(read, lines, { session, env, ...request }) : read
  const unconverted = unconvertedPlaces(taken)
  const inTheWay = unconverted.filter(
    // A way back that could not be converted stops when it is run, and is told of.
    ({ direction, leftOut }) => !leftOut && direction === 'upgrade',
  )
  if (inTheWay.length > 0 && !request.allowUnconverted)
    throw notConverted(inTheWay, followed.stopped, request)
  const history = underHouseRules(taken, {
    schemas: Object.values(env.schemas),
    searchPath: request.searchPath,
  })
  const ways = history.revisions.flatMap(({ revision, source }) =>
    followed.found.has(revision) ? [source] : [],
  )
  const rows = adoptedRows(history, lines, request.ledgers, env)
  const draft = draftHistory(history, lines, env)
  try {
    openProject(draft.env)
    await checkNotAdopted(session, env.ledgerSchema, rows)
    const replayed = { ...request, history }
    const proof = await proved(session, draft, rows, [...new Set(lines.values())], replayed, unconverted)
    if (proof === 'differs')
      return { files: draft.place(), unconverted, followed: ways, adopted: [], proof: 'none' }
    const files = draft.place()
    await adoptRows(session, openProject(env), rows)
    return { files, unconverted, followed: ways, adopted: rows, proof }
  } finally {
    draft.discard()
  }
}

async function proved(
  session: Session,
  draft: Draft,
  rows: readonly AdoptedRows[],
  lines: readonly string[],
  { history, ignoreTables, keep, ledgers }: ImportRequest,
  unconverted: readonly UnconvertedPlace[],
): Promise<ImportResult['proof'] | 'differs'> {
  // A revision that stops where it was not converted cannot be replayed; a downgrade is not part of the replay, nor
  // is what is still to be applied.
  const applied = appliedRevisions(history, ledgers)
  const replayed = (revision: string) => rows.length === 0 || applied.has(revision)
  const stops = unconverted.some(
    ({ direction, leftOut, revision }) => direction === 'upgrade' && !leftOut && replayed(revision),
  )
  if (stops) return 'none'
  const replay: ReplayRequest = {
    env: draft.env,
    session,
    rows,
    ignoreTables,
    historySql: JSON.stringify(history.revisions),
  }
  try {
    if (rows.length === 0) {
      await replayToHeads(replay, lines)
      return 'runs'
    }
    const differences = await replayDifferences(replay)
    if (differences.size > 0)
      throw importDiffers(
        differences,
        unconverted.filter(({ leftOut }) => leftOut),
      )
    return 'equal'
  } catch (error) {
    if (!keep || !(error instanceof MigError) || error.exitCode !== exitCodes.proofFailed) throw error
    session.emit({
      event: 'warning',
      code: error.code,
      message: error.message,
      help: 'the files are kept, and nothing was adopted: mend them, then just mig-stamp',
    })
    return 'differs'
  }
}

function notConverted(
  places: readonly UnconvertedPlace[],
  stopped: readonly Stopped[],
  { ledgers, skipUnconverted }: ImportRequest,
): MigError {
  const list = places.map(({ file, line, direction, reason }) => `  ${file}:${line} ${direction}: ${reason}`)
  const ends = stopped.map(({ file, line, reason }) => {
    const place = line > 0 ? `${file}:${line}` : file
    return `followed on a scratch database up to ${place}: ${reason}`
  })
  const count = places.length === 1 ? '1 place needs' : `${places.length} places need`
  return new MigError(
    'unconverted',
    [`${count} Python to know its SQL; nothing was written:`, ...list, ...ends].join('\n'),
    {
      help: [
        'let Alembic write it: alembic upgrade base:heads --sql > upgrade.sql, alembic downgrade heads:base --sql > downgrade.sql, then add --offline-sql upgrade.sql --offline-sql downgrade.sql',
        ...(ledgers.length > 0 && !skipUnconverted
          ? [
              'where it only moves rows: --skip-unconverted, which leaves it out and proves that the schema is the same',
            ]
          : []),
        ...(ledgers.length > 0
          ? [
              'or --baseline, which keeps the graph and takes the SQL of what is applied from the live database',
            ]
          : []),
        'or --allow-unconverted for revisions that stop there',
      ].join('; '),
      exitCode: exitCodes.decisionNeeded,
      facts: { unconverted: places },
    },
  )
}
