import type { Environment } from '../../environment/index.ts'
import { exitCodes, MigError, type MigErrorOptions } from '../../errors.ts'
import { onConnection } from '../../postgres/connection/connection.ts'
import type { Session } from '../../runner/index.ts'
import { type BodyPart, type ImportedRevision, statementsOf } from '../history.ts'
import { draftFolder } from '../import/draft-folder.ts'
import { hasOthers, makeOthers } from '../others.ts'
import { fence } from './child.ts'
import type { Piece } from './piece.ts'
import { ownApplication, type RecordingServer, withRecordingServer } from './server.ts'
import { builtInFunctions, surround } from './surroundings.ts'

export interface RecordingRequest {
  readonly server: RecordingServer
  readonly session: Session
  /** Lets the tool reach the network, for settings that are kept elsewhere. */
  readonly network: boolean
  /** Makes a database with what is there before the history. */
  readonly begin: () => Promise<EmptyDatabase>
  readonly builtIn: ReadonlySet<string>
  /** Seconds since it began. */
  readonly took: () => number
}

export interface EmptyDatabase {
  readonly database: string
  /** That of a new session there. */
  readonly searchPath: string
}

/**
 * Gives a server that records what a tool does, with a folder of its own; neither outlives `body`. Where the history fails
 * there, it is recorded again with the objects of others, which it may refer to.
 * @param text the files of the history
 */
export async function withRecording<Result>(
  session: Session,
  env: Environment,
  { text, allowNetwork = false }: { readonly text: string; readonly allowNetwork?: boolean | undefined },
  body: (request: RecordingRequest) => Promise<Result>,
): Promise<Result> {
  const { path: home, discard } = await draftFolder(env)
  const started = performance.now()
  const around = { session, env, text }
  const attempt = (withOthers: boolean) =>
    withRecordingServer(home, session, async (server) =>
      body({
        ...{ server, session, network: allowNetwork, builtIn: await builtInFunctions(server) },
        async begin() {
          const database = await server.createDatabase()
          const searchPath = await surround(server, database, around)
          if (withOthers) {
            const options = { url: server.url(database), applicationName: ownApplication }
            await onConnection(options, (client) => makeOthers(client, around))
          }
          return { database, searchPath }
        },
        took: () => Math.round((performance.now() - started) / 100) / 10,
      }),
    )
  try {
    return await attempt(false).catch(async (error: unknown) => {
      const isOfHistory = error instanceof MigError && error.code === 'history-fails'
      if (!isOfHistory || !(await hasOthers(around))) throw error
      return attempt(true)
    })
  } finally {
    discard()
  }
}

/** What every recording gives, by the tool's own names of the revisions. */
export interface Recording {
  readonly upgrades: ReadonlyMap<string, Piece>
  /** The downgrade of each, or why there is none. */
  readonly downgrades: ReadonlyMap<string, Piece | string>
  /** Those whose upgrade was not the same in two runs. */
  readonly varying: ReadonlySet<string>
  /** Two databases that the tool itself has brought to its heads. */
  readonly databases: readonly [string, string]
}

/** The downgrade of a revision as it was recorded, or why nothing reverts it. */
export function recordedDowngrade(
  { upgrades, downgrades }: Recording,
  name: string,
): Pick<ImportedRevision, 'downgrade' | 'irreversible'> {
  const found = downgrades.get(name)
  const irreversible = (reason: string) => ({ downgrade: null, irreversible: reason })
  if (typeof found === 'string') return irreversible(`its downgrade fails: ${firstLine(found)}`)
  if (found === undefined || found.copies || found.hides)
    return irreversible('its downgrade could not be recorded')
  const upgrade = upgrades.get(name)?.parts ?? []
  // That of a revision which only fills rows is often meant to be empty; but on other rows it may do something.
  const isMeant = !found.readsRows && upgrade.every(changesRowsOnly)
  if (found.parts.length === 0 && upgrade.length > 0 && !isMeant)
    return irreversible('its downgrade does nothing')
  return { downgrade: found.parts }
}

function changesRowsOnly(part: BodyPart): boolean {
  return statementsOf(part).every((sql) => /^\s*(?:INSERT|UPDATE|DELETE|SET)\b/i.test(sql))
}

const firstLine = (text: string) => text.trim().split('\n')[0]?.trim() ?? ''

/** Where a tool finds the scratch database, and how it is kept there. */
export interface ScratchPlace {
  /** It has no network but this database's socket. */
  readonly fenced: boolean
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

export function scratchPlace(
  { server, network }: Pick<RecordingRequest, 'server' | 'network'>,
  database: string,
): ScratchPlace {
  const { port, user, password, socketFolder } = server
  const fenced = !network && socketFolder !== undefined && fence().length > 0
  return { fenced, host: fenced ? socketFolder : '127.0.0.1', port, database, user, password }
}

/** The environment of a tool: ours, but libpq's variables lead to the scratch database (manual, section 32.15). */
export function scratchEnvironment({
  host,
  port,
  database,
  user,
  password,
}: ScratchPlace): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...{ PGHOST: host, PGPORT: String(port), PGDATABASE: database, PGUSER: user, PGPASSWORD: password },
    PGSSLMODE: 'disable',
  }
  for (const name of ['PGHOSTADDR', 'PGSERVICE', 'PGPASSFILE', 'PGOPTIONS']) delete env[name]
  return env
}

/** The error of a revision that did what the server's log does not have. */
export function unrecorded(
  name: string,
  { copies }: Piece,
  options: Pick<MigErrorOptions, 'help' | 'place'>,
): MigError {
  const what = copies ? 'sends rows by COPY, which are not in' : 'turns off'
  return new MigError('unrecorded', `${name} ${what} the log that recordings are made from`, {
    ...options,
    exitCode: exitCodes.decisionNeeded,
  })
}

interface RecordingProgress {
  /** The last revision, as its tool names it. */
  readonly revision: string
  readonly what: string
  readonly done: number
  /** Null while it is not known. */
  readonly total: number | null
}

/** Milliseconds between two lines. */
export const progressEvery = 2_000

export function tellProgress({ emit }: Pick<Session, 'emit'>, progress: RecordingProgress): void {
  const rate = { perSecond: null, secondsLeft: null }
  emit({ event: 'progress', targetSchema: 'recording', unit: 'revisions', ...progress, ...rate })
}

/** What a recording cannot know of other databases, for the header of a revision. */
export function recordedNotes(piece: Piece, varies: boolean): readonly string[] {
  return [
    ...(piece.readsRows ? ['It read rows: these are the statements that it ran on a new database.'] : []),
    ...(varies ? ['It has values that its code generated during the recording, such as times or ids.'] : []),
    ...(piece.caught
      ? ['One of its statements failed during the recording, and it continued; that statement is omitted.']
      : []),
  ]
}
