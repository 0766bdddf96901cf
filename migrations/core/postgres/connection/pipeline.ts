import { randomUUID } from 'node:crypto'
import type { ClientBase, Connection, Submittable } from 'pg'
import { asPrepared, type OwnStatement } from '../sql/own-statement.ts'

/** How far statements came that went to the server together. */
export interface Pipelined {
  /** How many are done; the next one failed, where something did. */
  readonly done: number
  /** Milliseconds between the answers before the first and to the last. */
  readonly ms: number
  /** The server's error, or that of a connection that broke. */
  readonly failure?: unknown
  /** What `onDone` threw first, which nothing could be stopped for any more. */
  readonly threw?: unknown
}

/** @param rows affected; null when the statement has no count @param ms milliseconds since the answer before */
export type OnDone = (index: number, rows: number | null, ms: number) => void

/** Statements that go to the server in one piece with others. */
export interface PipelinePart {
  readonly statements: readonly (string | OwnStatement)[]
  /** For those, where it goes alone, the answer is sent when they are done and not at the end. */
  readonly isTold?: (index: number) => boolean
}

/** A part that has gone to the server. */
export interface SentPart {
  /** Tells of each statement that is done, also of those that were before somebody asked. To be called once. */
  answer(onDone?: OnDone): Promise<Pipelined>
  /** Whether a part before it has failed, so that nothing of it is done; unless the connection broke. */
  isSkipped(): boolean
}

/**
 * Sends statements in one piece. Each goes by the extended protocol, so that it is parsed by itself and the server tells of
 * its place alone; there is one Sync at the end, and after an error the server skips what comes before it (manual, 54.2.4
 * "Pipelining"), also what would begin or commit a transaction. A text of several statements is refused by the server, and
 * so is a parameter; the rows of a query are not kept. Statements of our own are prepared once in a session.
 * @param client a connection of the driver's own, not of a wrapper around it
 * @param parts each is answered by itself, as soon as it is done
 */
export function sendTogether(client: ClientBase, parts: readonly PipelinePart[]): readonly SentPart[] {
  const sent = parts.map((part) => deliveryOf(part))
  submit(client, sent)
  return sent
}

/** As {@link sendTogether}, of one part. */
export function pipelined(client: ClientBase, part: PipelinePart): SentPart {
  const sent = deliveryOf(part)
  submit(client, [sent])
  return sent
}

function submit(client: ClientBase, parts: readonly Delivery[]): void {
  const names = prepared.get(client) ?? { prefix: `${prefix}${randomUUID()}_`, byText: new Map() }
  prepared.set(client, names)
  // After a failure it is not known which of them the server has seen.
  client.query(new Pipeline(parts, names, () => prepared.delete(client)))
}

type Delivery = ReturnType<typeof deliveryOf>

/** What comes back of a part, kept until somebody listens. */
function deliveryOf({ statements, isTold = () => false }: PipelinePart) {
  const early: (readonly [number | null, number])[] = []
  let listener: OnDone | undefined
  let threw: unknown
  let [done, told, took] = [0, 0, 0]
  let skipped = false
  let resolve: (result: Pipelined) => void = () => undefined
  const result = new Promise<Pipelined>((found) => {
    resolve = found
  })
  const tell = (onDone: OnDone, rows: number | null, ms: number) => {
    try {
      onDone(told, rows, ms)
    } catch (error) {
      // The driver calls from the socket, where nobody would catch it.
      threw ??= error
    }
    told += 1
  }
  return {
    statements,
    isTold,
    /** Notes one more that is done. @returns whether it was the last */
    next(rows: number | null, ms: number): boolean {
      done += 1
      took += ms
      if (listener === undefined) early.push([rows, ms])
      else tell(listener, rows, ms)
      return done === statements.length
    },
    end: () => resolve({ done, ms: took }),
    fail: (failure: unknown) => resolve({ done, ms: took, failure }),
    skip(failure: unknown) {
      skipped = true
      this.fail(failure)
    },
    isSkipped: () => skipped,
    async answer(onDone: OnDone = () => undefined): Promise<Pipelined> {
      for (const [rows, ms] of early.splice(0)) tell(onDone, rows, ms)
      listener = onDone
      return { ...(await result), threw }
    },
  }
}

const prefix = 'just_mig_'

/** The prepared statements of a session, by their texts; a pooler may give the session to others, who have other names. */
interface Prepared {
  readonly prefix: string
  readonly byText: Map<string, string>
}

const prepared = new WeakMap<object, Prepared>()

/** Whether a statement of ours failed since something has dropped what was prepared (DEALLOCATE, DISCARD). */
export function isForgotten(failure: unknown): boolean {
  return (
    failure instanceof Error &&
    'code' in failure &&
    failure.code === '26000' &&
    failure.message.includes(prefix)
  )
}

/** What the driver calls when a message comes (its Submittable, as pg-cursor is one). */
class Pipeline implements Submittable {
  readonly #parts: readonly Delivery[]
  readonly #names: Prepared
  readonly #onFailure: () => unknown
  #at = 0
  #answered = 0

  constructor(parts: readonly Delivery[], names: Prepared, onFailure: () => unknown) {
    this.#parts = parts
    this.#names = names
    this.#onFailure = onFailure
  }

  submit(connection: Connection): void {
    this.#answered = performance.now()
    const isAlone = this.#parts.length === 1
    // One write for all, where the driver would make one of each message.
    connection.stream.cork()
    for (const { statements, isTold } of this.#parts) {
      for (const [index, statement] of statements.entries()) {
        if (typeof statement === 'string') {
          connection.parse({ name: '', text: statement, types: [] }, true)
          connection.bind({}, true)
        } else this.#bindPrepared(connection, statement)
        connection.execute({}, true)
        const isLast = index === statements.length - 1
        if (isLast || (isAlone && isTold(index))) connection.flush()
      }
    }
    connection.sync()
    connection.stream.uncork()
  }

  #bindPrepared(connection: Connection, statement: OwnStatement): void {
    const { text, values } = asPrepared(statement)
    const { byText, prefix: start } = this.#names
    const known = byText.get(text)
    const name = known ?? `${start}${byText.size}`
    if (known === undefined) connection.parse({ name, text, types: [] }, true)
    byText.set(text, name)
    connection.bind({ statement: name, values: [...values] }, true)
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const count = / (\d+)$/.exec(text)?.[1]
    this.#next(count === undefined ? null : Number(count))
  }

  handleEmptyQuery(): void {
    this.#next(null)
  }

  #next(rows: number | null): void {
    const now = performance.now()
    const isLast = this.#parts[this.#at]?.next(rows, now - this.#answered) === true
    this.#answered = now
    // The last part ends with the server's word that it waits for the next message.
    if (!isLast || this.#at === this.#parts.length - 1) return
    this.#parts[this.#at]?.end()
    this.#at += 1
  }

  handleError(failure: unknown): void {
    this.#onFailure()
    this.#parts[this.#at]?.fail(failure)
    for (const part of this.#parts.slice(this.#at + 1)) part.skip(failure)
  }

  handleReadyForQuery(): void {
    this.#parts[this.#at]?.end()
  }

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('No source stream defined')
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
}
