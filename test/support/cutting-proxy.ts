import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Which message of a client a proxy cuts its connection at. */
export interface CutPlan {
  /** Matches the SQL of a query. */
  readonly when: RegExp
  /** How many matching queries pass first. */
  readonly skip: number
  /** Lose the query itself, so that the server never sees it, or only its answer. */
  readonly lose: 'request' | 'answer'
}

export interface CuttingProxy {
  readonly url: string
  /** How many connections it has cut; at most one. */
  readonly cuts: () => number
  readonly close: () => Promise<void>
}

/**
 * A TCP proxy in front of PostgreSQL that cuts one connection, once, at a query. It reads the messages of the
 * frontend (manual 55.7): a type byte, a length, then for Q and P the text.
 */
export async function cuttingProxy(target: URL, plan: CutPlan): Promise<CuttingProxy> {
  let matches = 0
  let cuts = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => sockets.delete(socket))
    }
    let started = false
    let deaf = false
    let rest = Buffer.alloc(0)
    upstream.on('data', (chunk) => {
      if (!deaf) client.write(chunk)
      // The answer has come, so the server has done what it was asked; nobody is told.
      else client.destroy()
    })
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    client.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk])
      for (
        let length = messageLength(rest, started);
        length !== undefined;
        length = messageLength(rest, started)
      ) {
        const message = rest.subarray(0, length)
        rest = rest.subarray(length)
        if (started && isQuery(message) && plan.when.test(message.toString('utf8')) && cuts === 0) {
          matches += 1
          if (matches > plan.skip) {
            cuts += 1
            if (plan.lose === 'request') {
              client.destroy()
              return
            }
            deaf = true
          }
        }
        started = true
        upstream.write(message)
      }
    })
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
    cuts: () => cuts,
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

function isQuery(message: Buffer): boolean {
  return message[0] === 0x51 || message[0] === 0x50
}
