import { randomUUID } from 'node:crypto'
import { packagedScript } from '../../packaged-script.ts'
import { runTool } from '../record/child.ts'
import { putMark, readLog } from '../record/log.ts'
import { type Piece, pieceOf } from '../record/piece.ts'
import {
  progressEvery,
  type Recording,
  type RecordingRequest,
  scratchEnvironment,
  scratchPlace,
  tellProgress,
  unrecorded,
} from '../record/recording.ts'
import { type Stretch, stretches } from '../record/transactions.ts'
import type { DescribedRevision, DriverEvent, DriverTask, ToolError } from './driver.ts'
import { historyFails, otherWays, refused, shortReason, startFails } from './failures.ts'
import type { AlembicFolders } from './folders.ts'
import type { Interpreter } from './python.ts'

export interface AlembicRecording extends Recording {
  readonly revisions: readonly DescribedRevision[]
  readonly ledger: { readonly table: string; readonly schema: string | null }
  /** What ran it: `Alembic 1.19.2, SQLAlchemy 2.1.0, Python 3.12.3`. */
  readonly tool: string
}

interface Pass {
  readonly database: string
  readonly revisions: readonly DescribedRevision[]
  readonly ledger: AlembicRecording['ledger']
  readonly tool: string
  readonly pieces: ReadonlyMap<string, Piece>
  /** By step, `upgrade 3f2a` or `downgrade 3f2a`. */
  readonly errors: ReadonlyMap<string, ToolError>
  /** The revision whose downgrade has left what its upgrade cannot start from. */
  readonly broken: string | undefined
}

interface RecordRequest extends RecordingRequest {
  readonly folders: AlembicFolders
  readonly python: Interpreter
  readonly x: readonly string[]
  readonly show: (path: string) => string
}

/**
 * Lets Alembic run a project's history on empty databases, and cuts what the server was sent into the revisions'
 * upgrades and downgrades: the upgrades of a run that only goes forward, and the downgrades of a second one, in which
 * each is tried right after its upgrade.
 * @throws MigError `history-fails` with the revision and the tool's own error; what `failures.ts` has
 */
export async function recordAlembic(request: RecordRequest): Promise<AlembicRecording> {
  const forward = await pass(request, { describe: true, downs: false, skip: [] })
  const order = forward.revisions.map(({ revision }) => revision)
  const downgrades = new Map<string, Piece | string>()
  const varying = new Set<string>()
  for (let [skip, tries] = [[] as readonly string[], 0]; ; tries += 1) {
    const back = await pass(request, { describe: false, downs: tries < maximalTries, skip }, order.length)
    for (const revision of order) {
      const [up, down] = [`upgrade ${revision}`, `downgrade ${revision}`]
      if (
        JSON.stringify(forward.pieces.get(up)?.parts) !== JSON.stringify(back.pieces.get(up)?.parts) &&
        back.pieces.has(up)
      )
        varying.add(revision)
      const error = back.errors.get(down)
      const found = error === undefined ? back.pieces.get(down) : shortReason(error)
      if (found !== undefined && !downgrades.has(revision)) downgrades.set(revision, found)
    }
    const { broken } = back
    if (broken === undefined) return recordingOf(forward, back, downgrades, varying)
    skip = [...downgrades.keys(), broken]
  }
}

/** Each try costs a run; a history whose downgrades leave so much behind has them without ours. */
const maximalTries = 8

function recordingOf(
  forward: Pass,
  back: Pass,
  downgrades: AlembicRecording['downgrades'],
  varying: AlembicRecording['varying'],
): AlembicRecording {
  const { revisions, ledger, pieces, tool } = forward
  const upgrades = new Map(
    revisions.flatMap(({ revision, file }) => {
      const piece = pieces.get(`upgrade ${revision}`)
      if (piece?.copies || piece?.hides)
        throw unrecorded(revision, piece, { help: otherWays.join('; '), place: { file } })
      return piece === undefined ? [] : [[revision, piece] as const]
    }),
  )
  const databases = [forward.database, back.database] as const
  return { revisions, ledger, tool, upgrades, downgrades, varying, databases }
}

async function pass(
  request: RecordRequest,
  asked: Pick<DriverTask, 'describe' | 'downs' | 'skip'>,
  total?: number,
): Promise<Pass> {
  const { server, session, folders, python } = request
  const { database, searchPath } = await request.begin()
  const token = randomUUID()
  await server.admin.query(`ALTER DATABASE ${database} SET just_mig.recording = '${token}'`)
  const place = scratchPlace(request, database)
  const { fenced, ...scratch } = place
  const task: DriverTask = {
    ...{ ini: folders.ini, toml: folders.toml, section: folders.section, scriptLocation: folders.override },
    ...{ bare: folders.bare, flask: folders.flask, x: request.x, root: folders.given, ...asked },
    ...{ scratch, token, fence: !request.network },
  }
  const steps = new Map<string, Step>()
  const errors = new Map<string, ToolError>()
  const seen = {
    ...{ revisions: [] as readonly DescribedRevision[], tool: '', isDone: false },
    ledger: { table: 'alembic_version', schema: null } as AlembicRecording['ledger'],
    broken: undefined as string | undefined,
  }
  let [done, marks, at, toldAt] = [0, 0, 'between two revisions', performance.now()]
  const what = total === undefined ? 'upgrades recorded' : 'downgrades recorded'
  const step = (event: Extract<DriverEvent, { event: 'begin' | 'end' }>): string => {
    const { revision, direction } = event
    const name = `${direction} ${revision}`
    marks += 1
    at = event.event === 'begin' ? `in the ${name}` : 'between two revisions'
    if (event.event === 'begin') {
      steps.set(`${database} ${marks}`, { name, searchPath: event.searchPath, role: event.role })
      if (direction === 'upgrade' && performance.now() - toldAt >= progressEvery) {
        toldAt = performance.now()
        tellProgress(session, { revision, what, done, total: total ?? seen.revisions.length })
      }
    } else if (event.error === undefined) done += direction === 'upgrade' ? 1 : 0
    else if (direction === 'upgrade') throw historyFails({ revision, error: event.error }, done, request)
    else errors.set(name, event.error)
    return `${database} ${marks}`
  }
  const end = await runTool({
    ...{ command: python.command, args: [...python.args, packagedScript('adopt', 'alembic', 'driver.py')] },
    ...{ cwd: folders.cwd, fence: fenced, signal: session.signal, at: () => at },
    env: { ...scratchEnvironment(place), PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
    input: JSON.stringify(task),
    async onLine(line) {
      const event = JSON.parse(line) as DriverEvent
      if (event.event === 'refused') throw refused(event)
      if (event.event === 'failed') throw startFails(event.error, undefined, request)
      if (event.event === 'versions')
        seen.tool = `Alembic ${event.alembic}, SQLAlchemy ${event.sqlalchemy}, Python ${event.python}`
      if (event.event === 'graph') seen.revisions = event.revisions
      if (event.event === 'ready') seen.ledger = { table: event.table, schema: event.schema }
      if (event.event === 'broken') seen.broken = event.revision
      if (event.event === 'done') seen.isDone = true
      if (event.event !== 'begin' && event.event !== 'end') return undefined
      await putMark(server, step(event))
      return 'go'
    },
  })
  await putMark(server, `${database} closed`)
  if (!seen.isDone && seen.broken === undefined) throw startFails(undefined, end, request)
  const rows = await readLog(server, database, `${database} closed`)
  const pieces = piecesOf(stretches(rows), steps, request.builtIn, searchPath)
  return { ...seen, database, errors, pieces }
}

/** A step of the driver, by the mark that it begins at. */
export interface Step {
  readonly name: string
  readonly searchPath: string
  readonly role: string | null
}

/** The pieces of a run, by `upgrade 3f2a` and `downgrade 3f2a`. */
export function piecesOf(
  found: readonly Stretch[],
  steps: ReadonlyMap<string, Step>,
  builtIn: ReadonlySet<string>,
  usual: string,
): ReadonlyMap<string, Piece> {
  const pieces = new Map<string, Piece>()
  for (const { mark, statements } of found) {
    const step = steps.get(mark)
    if (step === undefined || pieces.has(step.name)) continue
    const session = {
      searchPath: step.searchPath === usual ? undefined : step.searchPath,
      role: step.role ?? undefined,
    }
    pieces.set(step.name, pieceOf(statements, builtIn, session))
  }
  return pieces
}
