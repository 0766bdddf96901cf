import { hostname, userInfo } from 'node:os'
import type { ClientBase } from 'pg'
import type { Environment } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import { connect } from '../postgres/connection.ts'
import { ensureDatabase, ensureEmbeddedServer } from '../postgres/embedded.ts'

/** One connection and what a run needs beside it. */
export interface Session {
  readonly client: ClientBase
  /** The URL of `client`; null when the caller brought the connection. */
  readonly url: string | null
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
}

export interface SessionOptions {
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
  /** A connection of the caller's own: used as it is, and left open. */
  readonly client?: ClientBase
  /** Shown in pg_stat_activity. Default `just-mig`. */
  readonly applicationName?: string
}

const ignoreEvents: EmitEvent = () => undefined

/**
 * The URL of the environment's database; starts the embedded server when no other is configured.
 * @throws MigError when the embedded server does not start.
 */
export async function databaseUrl(env: Environment, emit: EmitEvent = ignoreEvents): Promise<string> {
  if (env.databaseUrl !== null) return env.databaseUrl
  const server = await ensureEmbeddedServer({ root: env.root, emit })
  await ensureDatabase(server, env.embeddedDatabase)
  return server.url(env.embeddedDatabase)
}

/**
 * Opens a session, runs `body` and closes what it opened. A signal that aborts cancels the running statement.
 * @throws MigError `no-server`, `no-database`, `wrong-password` and the like, and whatever `body` throws.
 */
export async function usingSession<Result>(
  env: Environment,
  options: SessionOptions,
  body: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { emit = ignoreEvents, signal } = options
  if (options.client !== undefined) return body({ client: options.client, url: null, emit, signal })
  const url = await databaseUrl(env, emit)
  const client = await connect({
    url,
    applicationName: options.applicationName ?? 'just-mig',
    lockTimeout: env.lockTimeout,
    statementTimeout: env.statementTimeout,
    ...(signal === undefined ? {} : { signal }),
    onNotice: (notice) =>
      emit({ event: 'notice', severity: notice.severity ?? 'NOTICE', message: notice.message ?? '' }),
  })
  const cancel = () => void cancelStatement(url, client)
  signal?.addEventListener('abort', cancel)
  try {
    return await body({ client, url, emit, signal })
  } finally {
    signal?.removeEventListener('abort', cancel)
    await client.end()
  }
}

/** Cancels what a connection is doing, from a second one; a server that is gone has nothing to cancel. */
async function cancelStatement(url: string, client: ClientBase): Promise<void> {
  const pid = 'processID' in client ? client.processID : undefined
  if (typeof pid !== 'number') return
  const other = await connect({ url, applicationName: 'just-mig cancel' }).catch(() => undefined)
  await other?.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => undefined)
  await other?.end().catch(() => undefined)
}

/** `user@machine` for the log. */
export function whereFrom(): string {
  let user = process.env.USER ?? String(process.getuid?.() ?? '')
  try {
    user = userInfo().username
  } catch {
    // A container may run under a uid without a name.
  }
  return `${user}@${hostname()}`
}
