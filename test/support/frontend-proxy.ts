import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A query on its way to the server. */
export interface PassingQuery {
  readonly sql: string
  /** From 1, over all connections of runners; those of observers and cancel requests do not count. */
  readonly number: number
  /** The server's process behind the connection. */
  readonly backend: number
}

/**
 * What becomes of a query: it passes; it passes and then `act` is called; the connection is cut before it, so that the
 * server never sees it; the connection is cut in place of its answer; or one that fails goes in its place.
 */
export type Fate = 'pass' | 'cut' | 'cut-answer' | 'fail' | { readonly act: () => void }

export interface FrontendProxy {
  readonly url: string
  /** How many answers runners have asked for so far, each of which is a round trip where it is awaited. */
  readonly answers: () => number
  readonly close: () => Promise<void>
}

/**
 * A TCP proxy in front of PostgreSQL that decides over each query. It reads the messages of the frontend (manual 55.7):
 * a type byte, a length, and for Q and P a text.
 */
export async function frontendProxy(
  target: URL,
  fateOf: (query: PassingQuery) => Fate | Promise<Fate>,
): Promise<FrontendProxy> {
  const sockets = new Set<Socket>()
  let number = 0
  let answers = 0
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      // The other side of a cut connection complains; that is the point.
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    let counts: boolean | undefined
    let backend = 0
    let deaf = false
    let cut = false
    let bytes = Buffer.alloc(0)
    let work = Promise.resolve()
    upstream.on('data', (chunk) => {
      backend ||= backendOf(chunk)
      if (!deaf) client.write(chunk)
      // ReadyForQuery: all that came before it is done.
      else if (chunk.at(-6) === 'Z'.charCodeAt(0)) client.destroy()
    })
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.on('data', (chunk) => {
      work = work.then(() => take(chunk))
    })

    async function take(chunk: Buffer): Promise<void> {
      bytes = Buffer.concat([bytes, chunk])
      for (;;) {
        const length = messageLength(bytes, counts !== undefined)
        if (length === undefined) return
        const message = bytes.subarray(0, length)
        bytes = bytes.subarray(length)
        counts ??= isRunner(message)
        const passed = counts ? await judged(message) : message
        // Of a connection that is cut, what was sent before arrives and nothing after it.
        if (cut) return
        upstream.write(passed)
      }
    }

    async function judged(message: Buffer): Promise<Buffer> {
      // Query and Sync.
      if (['Q', 'S'].includes(String.fromCharCode(message[0] ?? 0))) answers += 1
      const sql = queryText(message)
      if (sql === undefined) return message
      number += 1
      const fate = await fateOf({ sql, number, backend })
      if (fate === 'pass') return message
      if (fate === 'cut') {
        cut = true
        client.destroy()
      } else if (fate === 'cut-answer') deaf = true
      else if (fate === 'fail') return failingMessage(message, sql)
      else setImmediate(fate.act)
      return message
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  return {
    url: url.href,
    answers: () => answers,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The whole length of the first message, once all of it is there. The first of a connection has no type byte. */
function messageLength(bytes: Buffer, started: boolean): number | undefined {
  const head = started ? 1 : 0
  if (bytes.length < head + 4) return undefined
  const length = bytes.readInt32BE(head) + head
  return bytes.length < length ? undefined : length
}

/** The startup message names the application. */
function isRunner(startup: Buffer): boolean {
  return /application_name\0just-mig \d/.test(startup.toString('latin1'))
}

function queryText(message: Buffer): string | undefined {
  const type = String.fromCharCode(message[0] ?? 0)
  if (type === 'Q') return message.toString('utf8', 5, message.length - 1)
  if (type !== 'P') return undefined
  const from = message.indexOf(0, 5) + 1
  return message.toString('utf8', from, message.indexOf(0, from))
}

/** A statement that fails as on a full disk; where values are bound, one that takes as many and divides by zero. */
function failingMessage(original: Buffer, sql: string): Buffer {
  const simple = original[0] === 'Q'.charCodeAt(0)
  const parameters = new Set([...sql.matchAll(/\$\d+/g)].map(([name]) => `${name}::text IS NULL`))
  const failing = simple
    ? `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$`
    : `SELECT 1 / 0 WHERE ${[...parameters, 'true'].join(' OR ')}`
  // Parse: the name of the statement, its text, and no parameter types.
  const body = Buffer.from(simple ? `${failing}\0` : `\0${failing}\0\0\0`, 'utf8')
  const head = Buffer.alloc(5)
  head[0] = original[0] ?? 0
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** BackendKeyData: K, the length 12, the process id, the secret key. */
function backendOf(chunk: Buffer): number {
  const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
  return at === -1 ? 0 : chunk.readInt32BE(at + 5)
}
