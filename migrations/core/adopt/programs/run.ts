import { setTimeout as pause } from 'node:timers/promises'
import { stripVTControlCharacters as plain } from 'node:util'
import { MigError } from '../../errors.ts'
import { redirecting } from '../../sources/programs/redirecting.ts'
import { runTool, type ToolEnd } from '../record/child.ts'
import { cutAtLedger } from '../record/cut.ts'
import { type LogRow, logSoFar, putMark, readLog } from '../record/log.ts'
import {
  progressEvery,
  type RecordingRequest,
  type ScratchPlace,
  scratchEnvironment,
  scratchPlace,
  tellProgress,
} from '../record/recording.ts'
import type { RecordingServer } from '../record/server.ts'
import type { ProgramProject, ToolCommand } from './project.ts'
import type { ProgramTool } from './tools.ts'

export interface ProgramRequest extends RecordingRequest {
  readonly tool: ProgramTool
  readonly project: ProgramProject
  /** The ledger's name, where it is not the usual one. */
  readonly table: string | undefined
  /** The SQL of what is applied will come from the live database. */
  readonly baseline: boolean
}

/** What is told of a run while it lasts. */
export interface Tells {
  readonly what: string
  /** Null while it is not known. */
  readonly total: number | null
}

interface Phase extends Tells {
  /** Its name in the log, one of its database's own. */
  readonly phase: string
  /** What runs before have done. */
  readonly before?: number
}

/**
 * Runs a command of the project on a scratch database: how it ended, and what the server was sent.
 * @throws MigError `several-databases`, `connection-refused`, `not-redirected`, and as `runTool`
 */
export async function runPhase(
  request: ProgramRequest,
  database: string,
  { command, args, shown }: ToolCommand,
  phase: Phase,
): Promise<{ readonly end: ToolEnd; readonly rows: readonly LogRow[] }> {
  const { server, session, project, tool, network } = request
  const scratch = withUrl(server, scratchPlace({ server, network }, database))
  const printed: string[] = []
  const mark = `${database} ${phase.phase}`
  await putMark(server, mark)
  let isRunning = true
  const running = runTool({
    ...{ command, args: args.map((arg) => withPlace(arg, scratch)), cwd: project.cwd },
    env: environmentOf(scratch, network),
    ...{ fence: scratch.fenced, signal: session.signal, at: () => `running ${shown}` },
    onLine(line) {
      printed.push(line)
      return undefined
    },
  }).finally(() => {
    isRunning = false
  })
  const telling = (async () => {
    for (let wait = progressEvery; ; ) {
      await Promise.race([running, pause(wait, undefined, { ref: false })])
      if (!isRunning) return
      const started = performance.now()
      tell(request, sinceMark(logSoFar(server, database), mark), phase)
      // The whole log is read each time: a long one less often, so that telling takes a twentieth of the run at most.
      wait = Math.max(progressEvery, 20 * (performance.now() - started))
    }
  })()
  const [ended] = await Promise.all([running, telling])
  const last = `${mark} ended`
  await putMark(server, last)
  const end = { ...ended, said: plain(`${printed.slice(-100).join('\n')}\n${ended.said}`) }
  const refusal = /^just-mig (several-databases|connection-refused|not-redirected): (.*)$/m.exec(end.said)
  if (end.exitCode !== 0 && refusal !== null) throw refused(tool, refusal[1] ?? '', refusal[2] ?? '')
  return { end, rows: sinceMark(await readLog(server, database, last), mark) }
}

function sinceMark(rows: readonly LogRow[], mark: string): readonly LogRow[] {
  return rows.slice(rows.findLastIndex(({ kind, text }) => kind === 'mark' && text === mark) + 1)
}

/** How far it is, by the writes to its ledger. One of another name is known only when the run has ended. */
function tell(
  { session, tool, table = tool.ledger.table }: ProgramRequest,
  rows: readonly LogRow[],
  { what, total, before = 0 }: Phase,
): void {
  const { pieces } = cutAtLedger(rows, { table, ownTables: tool.ownTables(table), names: undefined })
  const revision = pieces.at(-1)?.name
  if (revision !== undefined) tellProgress(session, { revision, what, done: before + pieces.length, total })
}

/** Where the scratch database is, as a tool is told. Without a host of its own, `new URL` would refuse the URL. */
type Place = ScratchPlace & { readonly url: string }

function withUrl(server: RecordingServer, place: ScratchPlace): Place {
  const { host, port, user, password, database, fenced } = place
  const url = fenced
    ? `postgresql://${user}:${encodeURIComponent(password)}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : server.url(database)
  return { ...place, url }
}

/** `{url}` and the like in a command line. */
function withPlace(arg: string, place: Place): string {
  return arg.replace(/\{(url|host|port|database|user)\}/g, (_, name: keyof Place) => String(place[name]))
}

function refused({ name }: ProgramTool, code: string, what: string): MigError {
  switch (code) {
    case 'several-databases':
      return new MigError(
        'several-databases',
        `${name} connects to more than one database: ${what}; nothing was kept`,
        { help: 'record one at a time, with settings that name one database' },
      )
    case 'not-redirected':
      return new MigError(
        'not-redirected',
        `${name} connects to ${what} by a driver that could not be redirected to the scratch database; nothing was kept`,
        {
          help: 'drivers in a bundle, and others than pg and postgres, have to be told: --up and --down with {url}, or settings that read DATABASE_URL',
        },
      )
    default:
      return new MigError('connection-refused', `${name} connects to ${what}, which a recording refuses`, {
        help: 'if only settings are read from there: --allow-network',
      })
  }
}

/** The environment of the tool: every Node process of it loads the redirection, and variables lead there too. */
function environmentOf({ url, ...scratch }: Place, network: boolean): NodeJS.ProcessEnv {
  return {
    ...scratchEnvironment(scratch),
    ...{ CI: 'true', FORCE_COLOR: '0', DATABASE_URL: url },
    ...redirecting({ ...scratch, network }, process.env),
  }
}
