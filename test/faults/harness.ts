import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MigError } from '../../migrations/core/index.ts'
import { readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { createLab, type Lab } from '../runner/support.ts'
import { administer, createTestDatabase } from '../support/database.ts'
import { type Fate, frontendProxy, type PassingQuery } from '../support/frontend-proxy.ts'
import { cleanVariables, repository } from '../support/recipes.ts'
import { environmentFile, rowsSql, targetSchemas, writeFaultProject } from './fixture.ts'

/** What is done to a run at one of its queries. */
export type FaultKind =
  | 'killed before a statement'
  | 'killed during a statement'
  | 'interrupted'
  | 'backend terminated'
  | 'connection lost with a statement'
  | 'connection lost with an answer'
  | 'statement failed'

export const faultKinds: readonly FaultKind[] = [
  'killed before a statement',
  'killed during a statement',
  'interrupted',
  'backend terminated',
  'connection lost with a statement',
  'connection lost with an answer',
  'statement failed',
]

/** How a run ended. */
export interface FaultRun {
  /** Its exit code; null when it was killed. */
  readonly code: number | null
  readonly output: string
  /** Whether the fault came to pass; false beyond the last query. */
  readonly injected: boolean
  /** The statement that was hit. */
  readonly sql: string
  readonly queries: number
}

/** What must be the same however a run was disturbed. */
export interface Outcome {
  readonly fingerprint: string
  readonly rows: unknown
  /** Revisions by how often the log has them as done. */
  readonly done: unknown
  readonly halfDone: unknown
  readonly invalid: unknown
}

/** A project with a fresh database, and its removal. */
export async function faultLab(): Promise<Lab> {
  const lab = await createLab(await createTestDatabase())
  await writeFaultProject(lab)
  await writeFile(join(lab.root, 'migrations', 'env.ts'), environmentFile)
  return lab
}

/**
 * Upgrades and does one fault to it at its `at`-th query; none without a kind. What ends a process has one of its own where
 * `ownProcess` says so, and runs the real recipe; otherwise the run is in this process, which starts faster, and its end is
 * what the server sees of one: the connections go, and none comes.
 */
export async function upgradeWithFault(
  lab: Lab,
  kind: FaultKind | null,
  at = 0,
  ownProcess = false,
): Promise<FaultRun> {
  let injected = false
  let queries = 0
  let hit = ''
  const stop = new AbortController()
  let killed: Promise<void> | undefined
  let kill = (signal: NodeJS.Signals): void => {
    stop.abort(signal)
    if (signal === 'SIGKILL') killed = proxy.close()
  }
  const proxy = await frontendProxy(new URL(lab.database.url), (query) => {
    queries = query.number
    if (kind === null || query.number !== at) return 'pass'
    injected = true
    hit = query.sql
    return faultFate(kind, query, (signal) => kill(signal))
  })
  try {
    const run = ownProcess
      ? await runRecipe(lab, proxy.url, (send) => {
          kill = send
        })
      : await runHere(lab, proxy.url, stop.signal)
    return { ...run, ...(killed === undefined ? {} : { code: null }), injected, sql: hit, queries }
  } finally {
    await (killed ?? proxy.close())
  }
}

/** The faults that end the process. */
export const processFaults: ReadonlySet<FaultKind> = new Set([
  'killed before a statement',
  'killed during a statement',
  'interrupted',
])

/** Runs the script of a recipe, by default `mig-upgrade`, in a process of its own. */
export async function runRecipe(
  lab: Lab,
  url: string,
  onStart: (kill: (signal: NodeJS.Signals) => void) => void = () => undefined,
  args: readonly string[] = ['mig-upgrade', '--json'],
): Promise<Pick<FaultRun, 'code' | 'output'>> {
  const launcher = join(repository, 'scripts', 'launch.mjs')
  const child = spawn(process.execPath, [launcher, ...args, '--database-url', url], {
    cwd: lab.root,
    env: cleanVariables(),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onStart((signal) => child.kill(signal))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

async function runHere(
  lab: Lab,
  url: string,
  signal: AbortSignal,
): Promise<Pick<FaultRun, 'code' | 'output'>> {
  const { error, events } = await lab.upgrade({
    url,
    signal,
    settings: { transaction: 'batch', lockTimeout: '2s' },
  })
  const told = [...events, ...(error === undefined ? [] : [String(error)])]
  // Where no step was under way, the recipe tells of it.
  const other = signal.aborted && isOfAbort(error, signal) ? 130 : 1
  const code = error === undefined ? 0 : error instanceof MigError ? error.exitCode : other
  return { code, output: told.map((each) => JSON.stringify(each)).join('\n') }
}

/** The reason of an abort, a wait that it has ended, or a statement that it has cancelled (query_canceled). */
function isOfAbort(error: unknown, signal: AbortSignal): boolean {
  if (error === signal.reason) return true
  return (
    error instanceof Error && (error.name === 'AbortError' || ('code' in error && error.code === '57014'))
  )
}

function faultFate(
  kind: FaultKind,
  query: PassingQuery,
  kill: (signal: NodeJS.Signals) => void,
): Fate | Promise<Fate> {
  switch (kind) {
    case 'killed before a statement':
      kill('SIGKILL')
      return 'cut'
    case 'killed during a statement':
      return { act: () => kill('SIGKILL') }
    case 'interrupted':
      return { act: () => kill('SIGINT') }
    case 'backend terminated':
      return terminated(query.backend)
    case 'connection lost with a statement':
      return 'cut'
    case 'connection lost with an answer':
      return 'cut-answer'
    case 'statement failed':
      return 'fail'
  }
}

export async function terminated(backend: number): Promise<Fate> {
  await administer(`SELECT pg_terminate_backend(${backend})`)
  return 'pass'
}

/** Reads what a run has left. */
export async function outcomeOf({ database }: Lab): Promise<Outcome> {
  const { client } = database
  const fingerprint = await readFingerprint(client, { schemas: targetSchemas })
  const rows = await client.query(rowsSql)
  const done = await client.query(
    `SELECT target_schema, revision, count(*)::int AS times FROM mig.log WHERE outcome = 'done' GROUP BY 1, 2 ORDER BY 1, 2`,
  )
  const halfDone = await client.query('SELECT revision FROM mig.progress')
  const invalid = await client.query(
    'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid ORDER BY 1',
  )
  return {
    fingerprint: fingerprint.hash,
    rows: rows.rows[0].rows,
    done: done.rows,
    halfDone: halfDone.rows,
    invalid: invalid.rows,
  }
}
