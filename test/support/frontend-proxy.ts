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
  /** How many connections runners have opened so far. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

/**
 * A TCP proxy in front of PostgreSQL that decides over each query, and over each further use of a statement that was
 * prepared. It reads the messages of the frontend (manual 55.7): a type byte, a length, and for Q, P and B texts.
 */
export async function frontendProxy(
  target: URL,
  fateOf: (query: PassingQuery) => Fate | Promise<Fate>,
): Promise<FrontendProxy> {
  const sockets = new Set<Socket>()
  let number = 0
  let answers = 0
  let connections = 0
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
    const textOf = preparedTexts()
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
        if (counts === undefined) {
          counts = isRunner(message)
          if (counts) connections += 1
        }
        const passed = counts ? await judged(message) : message
        // Of a connection that is cut, what was sent before arrives and nothing after it.
        if (cut) return
        upstream.write(passed)
      }
    }

    async function judged(message: Buffer): Promise<Buffer> {
      // Query and Sync.
      if (['Q', 'S'].includes(String.fromCharCode(message[0] ?? 0))) answers += 1
      const sql = textOf(message)
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
    connections: () => connections,
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

/** What the messages of one connection run: the text of a query, or of a prepared statement that is used again. */
function preparedTexts(): (message: Buffer) => string | undefined {
  const texts = new Map<string, string>()
  let parsed: string | undefined
  return (message) => {
    const type = String.fromCharCode(message[0] ?? 0)
    if (type === 'Q') return message.toString('utf8', 5, message.length - 1)
    if (type === 'P') {
      const [name, sql] = stringsOf(message, 2)
      texts.set(name ?? '', sql ?? '')
      parsed = name
      return sql
    }
    if (type !== 'B') return undefined
    const [, name = ''] = stringsOf(message, 2)
    // The first use comes with the text.
    const isFirst = name === parsed
    parsed = undefined
    return isFirst ? undefined : texts.get(name)
  }
}

/** The texts that the body of a message begins with. */
function stringsOf(message: Buffer, count: number): readonly string[] {
  let at = 5
  return Array.from({ length: count }, () => {
    const end = message.indexOf(0, at)
    const text = message.toString('utf8', at, end)
    at = end + 1
    return text
  })
}

/**
 * A statement that fails as on a full disk; where values are bound, one that takes as many and divides by zero, and in the
 * place of a prepared one, one that takes none.
 */
function failingMessage(original: Buffer, sql: string): Buffer {
  if (original[0] === 'B'.charCodeAt(0)) {
    // Parse as below, and Bind: no portal's and no statement's name, no formats, no values.
    const parse = Buffer.from('\0SELECT 1 / 0\0\0\0', 'utf8')
    return Buffer.concat([headOf('P', parse), parse, headOf('B', Buffer.alloc(8)), Buffer.alloc(8)])
  }
  const simple = original[0] === 'Q'.charCodeAt(0)
  const parameters = new Set([...sql.matchAll(/\$\d+/g)].map(([name]) => `${name}::text IS NULL`))
  const failing = simple
    ? `DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'No space left on device'; END $$`
    : `SELECT 1 / 0 WHERE ${[...parameters, 'true'].join(' OR ')}`
  // Parse: the name of the statement, its text, and no parameter types.
  const body = Buffer.from(simple ? `${failing}\0` : `\0${failing}\0\0\0`, 'utf8')
  return Buffer.concat([headOf(simple ? 'Q' : 'P', body), body])
}

function headOf(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return head
}

/** BackendKeyData: K, the length 12, the process id, the secret key. */
function backendOf(chunk: Buffer): number {
  const at = chunk.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]))
  return at === -1 ? 0 : chunk.readInt32BE(at + 5)
}
