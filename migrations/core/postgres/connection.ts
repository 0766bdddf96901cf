import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import pg, { type ClientBase } from 'pg'
import { connectionError } from './connection-error.ts'
import { isServerError } from './database-error.ts'
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts'
import { iamToken, usesIam } from './iam-token.ts'
import { type SslAttempt, sslAttempts } from './tls.ts'

export interface ConnectOptions {
  readonly url: string
  /** Shown in pg_stat_activity; the URL's own `application_name` goes first. */
  readonly applicationName: string
  /** `lock_timeout` in milliseconds; 0 is off. Default: the server's. */
  readonly lockTimeout?: number
  /** `statement_timeout` in milliseconds; 0 is off. Default: the server's. */
  readonly statementTimeout?: number
  /** Gives up connecting. */
  readonly signal?: AbortSignal
  readonly onNotice?: (notice: {
    readonly severity: string | undefined
    readonly message: string | undefined
  }) => void
}

/** Whether a session's timeouts go with the startup packet, or are left to `setTimeouts`. */
type TimeoutsBy = 'startup' | 'statement'

const sockets = new WeakMap<object, Socket>()
const withoutTimeouts = new WeakMap<object, string>()

/** The socket of a connection that `connect` has opened. */
export function socketOf(client: object): Socket | undefined {
  return sockets.get(client)
}

/**
 * Sets the timeouts of a session whose pooler has refused them at its start. Only for a session that is known to be
 * ours until its end: a pooler in transaction mode would hand them on to the application.
 * @returns whether there were any to set
 */
export async function setTimeouts(client: ClientBase): Promise<boolean> {
  const settings = withoutTimeouts.get(client)
  if (settings === undefined) return false
  withoutTimeouts.delete(client)
  if (settings !== '') await client.query(settings)
  return true
}

const startingPatience = 30_000
const defaultConnectTimeout = 10_000

/**
 * Opens a connection. Timeouts go with the startup packet, which costs no round trip; where a pooler refuses them, the
 * session has none until `setTimeouts`. A server that is just starting is waited for, 30 seconds at most.
 * @throws MigError `bad-database-url`, `no-server`, `no-database`, `wrong-password`, `no-permission`,
 * `too-many-connections`, `server-starting`, `ssl-error`; or the signal's reason
 */
export async function connect(options: ConnectOptions): Promise<pg.Client> {
  const address = parseDatabaseUrl(options.url)
  const modes = sslAttempts(address, usesIam(address))
  const deadline = Date.now() + startingPatience
  let timeoutsBy: TimeoutsBy = 'startup'
  let mode = 0
  let refusal: unknown
  for (;;) {
    try {
      return await open(options, address, modes[mode] ?? false, timeoutsBy)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (timeoutsBy === 'startup' && refusesStartupParameters(error)) timeoutsBy = 'statement'
      else if (mode + 1 < modes.length && asksForOtherSsl(error)) {
        refusal = isServerError(error) ? error : undefined
        mode += 1
      } else if (isStarting(error) && Date.now() < deadline) {
        await pause(100, undefined, options.signal === undefined ? {} : { signal: options.signal })
        // Where the other way is not to be had, the server's own word tells more.
      } else throw connectionError(isServerError(error) ? error : (refusal ?? error), address)
    }
  }
}

async function open(
  options: ConnectOptions,
  address: DatabaseAddress,
  ssl: SslAttempt,
  timeoutsBy: TimeoutsBy,
): Promise<pg.Client> {
  const { parameters } = address
  const timeouts = { lock_timeout: options.lockTimeout, statement_timeout: options.statementTimeout }
  const startup = Object.entries(timeouts).flatMap(([name, value]) =>
    value === undefined ? [] : [`-c ${name}=${value}`],
  )
  const startupOptions = [
    parameters.options ?? process.env.PGOPTIONS,
    ...(timeoutsBy === 'startup' ? startup : []),
  ]
  // A socket of our own making can be destroyed, where the driver's end() would wait for the server's word.
  const socket = new Socket()
  const client = new pg.Client({
    stream: () => socket,
    ...(address.host === undefined ? {} : { host: address.host }),
    ...(address.port === undefined ? {} : { port: address.port }),
    ...(address.user === undefined ? {} : { user: address.user }),
    ...passwordOf(address),
    ...(address.database === undefined ? {} : { database: address.database }),
    ssl,
    application_name: parameters.application_name ?? options.applicationName,
    options: startupOptions.filter(Boolean).join(' '),
    connectionTimeoutMillis: Number(parameters.connect_timeout ?? 0) * 1000 || defaultConnectTimeout,
    ...keepalive(parameters),
  })
  sockets.set(client, socket)
  // Without a listener a connection that breaks while idle would end the process. Its next query says so.
  client.on('error', () => undefined)
  const { onNotice, signal } = options
  if (onNotice !== undefined) client.on('notice', ({ severity, message }) => onNotice({ severity, message }))
  try {
    await connectUnlessAborted(client, socket, signal)
    if (timeoutsBy === 'statement') {
      const settings = Object.entries(timeouts).flatMap(([name, value]) =>
        value === undefined ? [] : [`SET ${name} = ${value}`],
      )
      withoutTimeouts.set(client, settings.join('; '))
    }
    return client
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** How long a connection is idle before TCP asks whether the other side is there, in seconds; then it asks each second. */
const defaultKeepaliveIdle = 20

/** libpq's keepalives and keepalives_idle (manual, section 32.1.2); Node sets no interval and no count. */
function keepalive({ keepalives, keepalives_idle: idle }: DatabaseAddress['parameters']) {
  if (keepalives === '0') return { keepAlive: false }
  const seconds = Number(idle) > 0 ? Number(idle) : defaultKeepaliveIdle
  return { keepAlive: true, keepAliveInitialDelayMillis: seconds * 1000 }
}

/** A token is asked for at each connection: it lives 15 minutes, and a run may be longer. */
function passwordOf(address: DatabaseAddress): { readonly password?: string | (() => Promise<string>) } {
  if (usesIam(address)) return { password: () => iamToken(address) }
  return address.password === undefined ? {} : { password: address.password }
}

async function connectUnlessAborted(
  client: pg.Client,
  socket: Socket,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted()
  const giveUp = () => void socket.destroy()
  signal?.addEventListener('abort', giveUp)
  try {
    await client.connect()
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

/** PgBouncer's answer to a parameter that it does not know, as `options`. PostgreSQL's own have other codes. */
function refusesStartupParameters(error: unknown): boolean {
  return isServerError(error) && error.code === '08P01'
}

/**
 * pg_hba.conf may ask for SSL, or for none, and says so in the server's language with a code that it shares with a role
 * that may not log in: like libpq, the other way is tried then (manual, section 32.19.3). The second text is the driver's.
 */
function asksForOtherSsl(error: unknown): boolean {
  if (isServerError(error)) return error.code === '28000'
  return error instanceof Error && /does not support SSL/.test(error.message)
}

function isStarting(error: unknown): boolean {
  return isServerError(error) && error.code === '57P03'
}
