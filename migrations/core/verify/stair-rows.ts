import { MigError } from '../errors.ts'
import { lossLine, type RevisionFile, type SideLoss } from '../revisions/index.ts'
import type { PlanStep } from '../runner/index.ts'
import { announceLosses } from './announce.ts'
import type { ScratchSession, VerifyContext } from './context.ts'
import { type Found, failure } from './result.ts'
import {
  type ClimbRequest,
  climbOnce,
  climbWithRows,
  type KnownSides,
  type RowOutcome,
} from './rows/climb.ts'
import { type Judged, judgeRows, type Verdict } from './rows/judge.ts'
import { rowTestOf, runRowTest } from './rows/row-test.ts'

/** What a revision is climbed with. */
export interface Stairs {
  readonly context: VerifyContext
  readonly session: ScratchSession
  readonly tests: Found[]
  readonly announces: boolean
  /** Revision → what was written into the header of its file. */
  readonly announced: Map<string, readonly SideLoss[]>
}

/** Where the rows of a revision are. */
export function rowsOf({ context }: Stairs, file: RevisionFile): Omit<ClimbRequest, 'statements' | 'step'> {
  const { schemas } = context.scratch.env
  return { file, schema: schemas[file.line] ?? '', schemas: Object.values(schemas) }
}

/** Runs a revision with rows, on copies of the database. */
export async function checkRows(
  stairs: Stairs,
  step: PlanStep,
  statements: KnownSides,
  hasRows: boolean,
): Promise<Found> {
  const { file } = step
  const request = { ...rowsOf(stairs, file), statements, step }
  // Where no table is there before, what the upgrade makes is seen to go without a row in it, and without a copy.
  const outcome = hasRows
    ? await climbWithRows(stairs.session, request)
    : await climbOnce(stairs.session, request, { fill: () => Promise.resolve([]) })
  const verdict = judge(stairs, file, outcome)
  if (verdict !== undefined && !isForgiven(stairs, file, verdict)) return failed(verdict)
  const unannounced = (verdict?.missing ?? []).map(({ side, loss }) => lossLine(side, loss))
  return {
    status: 'ok',
    message: `up, down and up again${hasRows ? ', with rows' : ''}${exceptions(outcome)}`,
    ...(unannounced.length > 0 ? { unannounced } : {}),
  }
}

const failed = ({ message, help }: Verdict): Found => ({ status: 'failed', message, help })

/** Whether a verdict is about a revision that was imported: its tool had no headers. What a header says must be so there too. */
function isForgiven({ announces }: Stairs, { imported = false }: RevisionFile, verdict: Verdict): boolean {
  return imported && !verdict.isFalseAlarm && (!announces || verdict.missing.length === 0)
}

/** What is wrong with a revision by its rows, after its losses were announced where that was asked for. */
function judge(stairs: Stairs, file: RevisionFile, outcome: RowOutcome): Verdict | undefined {
  const verdict = judgeRows(outcome, judgedBy(stairs, file))
  if (verdict === undefined) return undefined
  const { help, missing } = verdict
  if (!stairs.announces || missing.length === 0) return verdict
  const reason = announceLosses(file, missing)
  if (reason !== undefined) return { ...verdict, help: `${help}\n--announce has not written them: ${reason}` }
  stairs.announced.set(file.revision, [...(stairs.announced.get(file.revision) ?? []), ...missing])
  return judge({ ...stairs, announces: false }, file, outcome)
}

function judgedBy(stairs: Stairs, file: RevisionFile): Judged {
  const isTenant = stairs.context.models.lines.some(({ key, tenant }) => key === file.line && tenant)
  const { losses } = file
  const added = (wanted: SideLoss['side']) =>
    (stairs.announced.get(file.revision) ?? []).flatMap(({ side, loss }) => (side === wanted ? [loss] : []))
  const announced = {
    upgrade: [...(losses?.upgrade ?? []), ...added('upgrade')],
    downgrade: [...(losses?.downgrade ?? []), ...added('downgrade')],
  }
  return { file: { losses: announced }, schema: rowsOf(stairs, file).schema, isTenant }
}

/** Runs the row test of a revision that has one, and keeps what it comes to. */
export async function testRows(stairs: Stairs, step: PlanStep, statements: KnownSides): Promise<void> {
  const { file } = step
  const path = rowTestOf(file)
  if (path === undefined) return
  const started = performance.now()
  const { line, revision } = file
  const request = { ...rowsOf(stairs, file), statements, step }
  const run = runRowTest(stairs.session, request, path, (outcome) => {
    const verdict = judge(stairs, file, outcome)
    return verdict !== undefined && isForgiven(stairs, file, verdict) ? undefined : verdict
  })
  const found = await run.catch((error: unknown) => {
    if (!(error instanceof MigError)) throw error
    return failure(error)
  })
  const about = { line, revision, place: { file: path }, ...found }
  stairs.tests.push({ ...about, ms: performance.now() - started })
}

/** What was not seen with rows. */
function exceptions({ without, refused }: RowOutcome): string {
  const tables = without.map(({ schema, name, reason }) => `none in ${schema}.${name} (${reason})`)
  const [reason = ''] = refused?.error.message.split('\n') ?? []
  const parts = [
    ...tables,
    ...(refused === undefined ? [] : [`its ${refused.side} fails on generated rows: ${reason}`]),
  ]
  return parts.length === 0 ? '' : `; ${parts.join('; ')}`
}
