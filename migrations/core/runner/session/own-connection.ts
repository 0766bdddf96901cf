import type { Client, ClientBase } from 'pg'
import { backendPid, connect, socketOf } from '../../postgres/index.ts'
import { watchSilence } from './silence.ts'

/** What can be done about a connection that `usingSession` has opened. */
export interface OwnConnection {
  /** Puts a new connection in the place of one that broke. */
  readonly reconnect: () => Promise<void>
  /** A second connection, for looking at what the first one does; opened at the first call. */
  readonly observer: () => Promise<ClientBase>
  /** The SQLSTATE with which the server ended the connection, or null. */
  readonly endedBy: () => string | null
  /** Resolves when no cancel request is on its way, so that none hits a later statement. */
  readonly cancelled: () => Promise<void>
}

/** The connections of a session that `usingSession` has opened, and their ends. */
export interface Connections extends Omit<OwnConnection, 'cancelled'> {
  readonly client: () => Client
  readonly end: () => Promise<void>
}

/**
 * @param open opens the connection of the run, again after a loss
 * @param openObserver opens the second one
 */
export function ownConnection(
  first: Client,
  open: () => Promise<Client>,
  openObserver: () => Promise<Client>,
): Connections {
  let endedBy: string | null = null
  let observer: Promise<Client> | undefined
  const openUnheld = async () => {
    const other = await openObserver()
    // Only what it is asked about keeps the process.
    socketOf(other)?.unref()
    return other
  }
  const listening = (client: Client) =>
    client.on('error', (error) => {
      endedBy = 'code' in error && typeof error.code === 'string' ? error.code : endedBy
    })
  let client = listening(first)
  let silence = watched()

  function watched(): { readonly stop: () => void } {
    const socket = socketOf(client)
    if (socket === undefined) return { stop: () => undefined }
    const ofNow = client
    // A connection of its own: the observer may hang on the same dead peer.
    let asking: Promise<Client> | undefined
    const watch = watchSilence({
      client: ofNow,
      socket,
      pid: () => backendPid(ofNow),
      observer: () => {
        asking ??= openUnheld()
        asking.catch(() => {
          asking = undefined
        })
        return asking
      },
    })
    return {
      stop() {
        watch.stop()
        void asking?.then(destroy, () => undefined)
      },
    }
  }

  return {
    client: () => client,
    endedBy: () => endedBy,
    observer: () => {
      observer ??= openUnheld()
      return observer
    },
    async reconnect() {
      silence.stop()
      // The socket is gone, or half open: its own end is not waited for.
      destroy(client)
      // One that was never opened has nothing to close.
      void observer?.then(destroy, () => undefined)
      observer = undefined
      client = listening(await open())
      endedBy = null
      silence = watched()
    },
    async end() {
      silence.stop()
      await client.end()
      const other = await observer?.catch(() => undefined)
      if (other !== undefined) socketOf(other)?.ref()
      await other?.end()
    },
  }
}

/** Closes a connection whose peer may not answer any more. */
function destroy(client: Client): void {
  void client.end().catch(() => undefined)
  socketOf(client)?.destroy()
}

/** Cancels what a connection is doing, from a second one; a server that is gone has nothing to cancel. */
export async function cancelStatement(url: string, pid: number | undefined): Promise<void> {
  if (pid === undefined) return
  const other = await connect({ url, applicationName: 'just-mig cancel', isKnown: true }).catch(
    () => undefined,
  )
  await other?.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => undefined)
  await other?.end().catch(() => undefined)
}
