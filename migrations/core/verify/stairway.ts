import { availableParallelism } from 'node:os'
import { MigError } from '../errors.ts'
import { compareFingerprints, type Fingerprint, fingerprintChangesText } from '../postgres/index.ts'
import { lossLine, type SideLoss } from '../revisions/index.ts'
import { type PlanStep, planRun, revertedStep } from '../runner/index.ts'
import { onScratch, type ScratchSession, type VerifyContext } from './context.ts'
import { isFollowed, readingWhole } from './followed.ts'
import { climbApart } from './imported.ts'
import { inLanes, partsOf, stopsOf } from './lanes.ts'
import { type Found, failure } from './result.ts'
import { mentionsTables } from './rows/climb.ts'
import { rowTestOf } from './rows/row-test.ts'
import { checkRows, rowsOf, type Stairs, testRows } from './stair-rows.ts'

/** What came of several revisions, and of their row tests. */
interface Flight {
  readonly found: readonly Found[]
  readonly tests: readonly Found[]
  /** One of them cannot be applied, and so none after it. */
  readonly isBroken: boolean
}

/** What came of one revision, and where the database stands then; undefined when it is not applied. */
interface Climb {
  readonly found: Found
  readonly top: Fingerprint | undefined
}

/**
 * Every revision up, down and up again, in the order of the graph: the downgrade must leave what was there
 * before, and the second upgrade what the first one left. One that its file calls irreversible goes up and stays.
 * Each is run with rows too, and must lose what its header says, no more and no less.
 * @param chosen ids to check; the others are only applied
 * @param tests takes what the row tests of these revisions came to
 * @param announces whether what is lost and not announced is written into the headers of the files
 * @param lanes on how many scratch databases at once
 */
export async function checkStairway(
  context: VerifyContext,
  chosen: ReadonlySet<string>,
  tests: Found[] = [],
  announces = false,
  lanes = lanesFor(chosen.size),
): Promise<readonly Found[]> {
  if (chosen.size === 0) return [{ status: 'ok', message: 'no revision to check' }]
  const announced = new Map<string, readonly SideLoss[]>()
  const flights = await inLanes<Flight>(lanes, (take) =>
    onScratch(context, async (session) => {
      const { steps } = await planRun(session, context.scratch, { direction: 'upgrade', target: 'heads' })
      let done = 0
      await take(partsOf(steps, lanes), async ({ from, to }) => {
        const flightOn = async (on: ScratchSession, passed: readonly PlanStep[]): Promise<Flight> => {
          await pass(on, context, passed)
          const own: Found[] = []
          const stairs: Stairs = { context, session: on, tests: own, announces, announced }
          return { ...(await climbAll(stairs, steps.slice(from, to), chosen)), tests: own }
        }
        const flight = await flightOn(session, steps.slice(done, from))
        done = to
        if (flight.isBroken || flight.found.length === 0 || (await isFollowed(session, context.emit)))
          return flight
        return onScratch({ ...context, follow: readingWhole }, (again) =>
          flightOn(again, steps.slice(0, from)),
        )
      })
    }),
  )
  tests.push(...flights.flatMap((flight) => flight.tests))
  return flights.flatMap(({ found }) => found)
}

/** A short history is not worth a second database. */
function lanesFor(count: number): number {
  return count < 40 ? 1 : Math.min(availableParallelism(), 4)
}

/** Goes to where steps lead, without looking. */
async function pass(
  session: ScratchSession,
  { scratch: { graph } }: VerifyContext,
  steps: readonly { readonly revision: string }[],
): Promise<void> {
  const revisions = steps.map(({ revision }) => revision)
  for (const target of stopsOf(revisions, (id) => graph.children(id)))
    await session.run({ direction: 'upgrade', target })
}

/** Climbs one step after the other. */
async function climbAll(
  stairs: Stairs,
  steps: readonly PlanStep[],
  chosen: ReadonlySet<string>,
): Promise<Omit<Flight, 'tests'>> {
  const { session } = stairs
  const found: Found[] = []
  let ground: Fingerprint | undefined
  for (const step of steps) {
    const { revision } = step
    if (!chosen.has(revision)) {
      await session.take(step)
      ground = undefined
      continue
    }
    const started = performance.now()
    const climbed = await climb(stairs, step, ground ?? (await session.fingerprint()))
    const lines = stairs.announced.get(revision)?.map(({ side, loss }) => lossLine(side, loss))
    const announced = lines === undefined ? {} : { announced: lines }
    found.push({ ...climbed.found, ...announced, ms: performance.now() - started })
    if (climbed.top === undefined) {
      found.push({ status: 'skipped', message: `what comes after ${revision} was not run` })
      return { found, isBroken: true }
    }
    ground = climbed.top
  }
  return { found, isBroken: false }
}

async function climb(stairs: Stairs, step: PlanStep, ground: Fingerprint): Promise<Climb> {
  const { session } = stairs
  const { file } = step
  const { line, revision, path, irreversible } = file
  const about = { line, revision, place: { file: path } }
  const up = () => session.take(step)
  let top: Fingerprint | undefined
  try {
    if (irreversible !== undefined) {
      const rows = await irreversibleRows(stairs, step)
      await up()
      top = await session.fingerprint()
      return { found: { ...about, ...upOnly(rows, `irreversible: ${irreversible}`) }, top }
    }
    if (file.imported === true) {
      const found = await importedRows(stairs, step, ground)
      await up()
      top = await session.fingerprint()
      return { found: { ...about, ...found }, top }
    }
    const mentionedBefore = await mentionsTables(session, rowsOf(stairs, file))
    const upgrade = await up()
    const first = await session.fingerprint()
    top = first
    const hasTables = mentionedBefore || (await mentionsTables(session, rowsOf(stairs, file)))
    const downgrade = await session.take(revertedStep(step))
    top = undefined
    const below = await session.fingerprint()
    const left = difference(ground, below, 'after its downgrade the schema differs from before')
    const statements = { upgrade, downgrade }
    const rows: Found =
      hasTables && left === undefined
        ? await checkRows(stairs, step, statements, mentionedBefore)
        : { status: 'ok', message: 'up, down and up again' }
    if (left === undefined) await testRows(stairs, step, statements)
    // What a downgrade leaves behind is often what a second upgrade stumbles over.
    const stumbled = await failureOf(up)
    if (stumbled !== undefined) return { found: { ...about, ...stumbled, ...left }, top }
    const second = await session.fingerprint()
    top = second
    const problem =
      left ?? difference(first, second, 'the second upgrade gives a different result than the first')
    if (problem !== undefined) return { found: { ...about, status: 'failed', ...problem }, top }
    return { found: { ...about, ...rows }, top }
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return { found: { ...about, ...failure(error) }, top }
  }
}

/**
 * An imported revision was applied long ago, and its downgrade is that of another tool: it is told what that does, and the
 * stairway goes on.
 */
async function importedRows(stairs: Stairs, step: PlanStep, ground: Fingerprint): Promise<Found> {
  const { session } = stairs
  const { file } = step
  const mentionedBefore = await mentionsTables(session, rowsOf(stairs, file))
  const { statements, problem } = await climbApart(session, step, ground)
  if (problem !== undefined) {
    const stays = { ...step, file: { ...file, irreversible: problem } }
    const sides = { ...statements, downgrade: [] }
    return upOnly(
      mentionedBefore ? await checkRows(stairs, stays, sides, true) : undefined,
      `imported, and ${problem}`,
    )
  }
  const rows = await checkRows(stairs, step, statements, mentionedBefore)
  await testRows(stairs, step, statements)
  return rows
}

/** A revision that is only upgraded, with what its rows came to. */
function upOnly(rows: Found | undefined, reason: string): Found {
  if (rows?.status === 'failed') return rows
  return { ...rows, status: 'skipped', message: `up only; ${reason}` }
}

/** The rows of an upgrade that stays: its statements are those of a trial on a copy. */
async function irreversibleRows(stairs: Stairs, step: PlanStep): Promise<Found | undefined> {
  const { session } = stairs
  const { file } = step
  const hasTables = await mentionsTables(session, rowsOf(stairs, file))
  if (!hasTables && rowTestOf(file) === undefined) return undefined
  const upgrade = await session.onCopy((copy) => copy.take(step))
  const sides = { upgrade, downgrade: [] }
  const found = hasTables ? await checkRows(stairs, step, sides, true) : undefined
  await testRows(stairs, step, sides)
  return found
}

async function failureOf(step: () => Promise<unknown>): Promise<Found | undefined> {
  try {
    await step()
    return undefined
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    return failure(error)
  }
}

function difference(
  from: Fingerprint,
  to: Fingerprint,
  what: string,
): Pick<Found, 'message' | 'help'> | undefined {
  const changes = compareFingerprints(from, to)
  if (changes.length === 0) return undefined
  return {
    message: `${what}:\n${fingerprintChangesText(changes)}`,
    help: "fix the downgrade of the revision, or declare that there is none: export const irreversible = 'why', in SQL -- Irreversible: why",
  }
}
