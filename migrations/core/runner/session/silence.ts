import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import { isBusy } from '../../postgres/index.ts'
import { heartbeat } from './holder.ts'

/** What another connection says of a session: at work, waiting for us to speak or gone, not to be had, not known. */
type Found = 'active' | 'waiting' | 'no-answer' | 'unknown'

/** Milliseconds. A server that works says nothing either, so silence is only a reason to ask. */
const silentFor = 8000
const answerWithin = 5000
const interval = 1000

export interface Watched {
  readonly client: Client
  readonly socket: Socket
  /** The server's process id. */
  readonly pid: () => number | undefined
  /** Opens another connection. */
  readonly observer: () => Promise<Client>
}

/**
 * Notices a peer that says nothing more: a host that is gone, a proxy that is frozen. TCP would retransmit a query for
 * a quarter of an hour (tcp_retries2), and its keepalive does not count while data wait for an acknowledgement. When
 * a query has had no byte of an answer for 8 seconds, a second connection asks pg_stat_activity what the session does:
 * one that is found twice to wait for us, or a server that does not answer at all, ends the connection as lost.
 *
 * For others to see the runner at work while it pauses or computes, a connection with nothing to do sends an empty
 * query now and then, which has no effect in a transaction either.
 */
export function watchSilence(watched: Watched): { readonly stop: () => void } {
  const { client, socket } = watched
  let bytes = socket.bytesRead
  let since = Date.now()
  let doubts = 0
  let beat = Date.now()
  let isAsking = false
  const heard = () => {
    since = Date.now()
    doubts = 0
  }
  const timer = setInterval(() => {
    if (socket.bytesRead !== bytes || !isBusy(client)) {
      if (socket.bytesRead !== bytes) beat = Date.now()
      bytes = socket.bytesRead
      heard()
      if (isBusy(client) || Date.now() - beat < heartbeat) return
      beat = Date.now()
      // A connection that is lost says so to its next statement.
      void client.query('').catch(() => undefined)
      return
    }
    if (isAsking || Date.now() - since < silentFor) return
    isAsking = true
    void stateOf(watched).then((found) => {
      isAsking = false
      if (socket.bytesRead !== bytes || found === 'active' || found === 'unknown') return heard()
      doubts += 1
      if (doubts < 2 && found === 'waiting') return
      clearInterval(timer)
      socket.destroy(silence(found))
    })
  }, interval)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

async function stateOf({ pid, observer }: Watched): Promise<Found> {
  const backend = pid()
  if (backend === undefined) return 'unknown'
  const asked = observer()
    .then((other) =>
      other.query<{ state: string | null; reads: boolean }>(
        `SELECT state, coalesce(wait_event = 'ClientRead', false) AS reads FROM pg_stat_activity WHERE pid = $1`,
        [backend],
      ),
    )
    .then(
      ({ rows: [row] }): Found => {
        if (row === undefined) return 'waiting'
        if (row.state === null) return 'unknown'
        // Between the messages of a pipeline the server counts as active, also when it waits for the next.
        return row.state === 'active' && !row.reads ? 'active' : 'waiting'
      },
      (error: unknown): Found => (isRefusal(error) ? 'unknown' : 'no-answer'),
    )
  return Promise.race([asked, pause(answerWithin, 'no-answer' as const, { ref: false })])
}

/** The server has answered, although with a refusal such as too_many_connections. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    !/^(no-server|no-connection|E[A-Z]+)$/.test(String(error.code))
  )
}

function silence(found: Found): Error {
  const what =
    found === 'no-answer'
      ? 'the server does not answer, on a second connection either'
      : 'the server has finished or lost its query'
  return Object.assign(new Error(`no answer to a query: ${what}`), { code: 'ETIMEDOUT' })
}
