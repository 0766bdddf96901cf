import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A TCP port of 127.0.0.1 that nobody listens on.
 * @param preferred taken when it is free
 */
export async function freePort(preferred?: number): Promise<number> {
  const first = preferred === undefined ? undefined : await listenOnce(preferred)
  const port = first ?? (await listenOnce(0))
  if (port === undefined) throw new Error('127.0.0.1 has no free port')
  return port
}

async function listenOnce(port: number): Promise<number | undefined> {
  const probe = createServer()
  probe.listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch {
    return undefined
  }
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' ? address?.port : undefined
}
