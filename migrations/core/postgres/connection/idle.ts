import type { ClientBase } from 'pg'
import { socketOf } from './connection.ts'

/** Whether a connection waits for the server's answer. */
export function isBusy(client: ClientBase): boolean {
  return 'readyForQuery' in client && client.readyForQuery === false
}

/**
 * From now on an idle connection that `connect` has opened does not keep the process, and one with a query under way
 * does; a connection of somebody else's is left alone.
 * @returns what makes it keep the process again
 */
export function idleUnheld(client: ClientBase): () => void {
  const socket = socketOf(client)
  if (socket === undefined) return () => undefined
  const { query } = client
  const unhold = () => void socket.unref()
  client.query = new Proxy(query, {
    apply(target, self, given) {
      socket.ref()
      return Reflect.apply(target, self, given)
    },
  })
  client.on('drain', unhold)
  if (!isBusy(client)) unhold()
  return () => {
    client.query = query
    client.off('drain', unhold)
    socket.ref()
  }
}
