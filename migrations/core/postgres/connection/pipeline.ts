import { randomUUID } from 'node:crypto'
import type { ClientBase, Connection, Submittable } from 'pg'
import { asPrepared, type OwnStatement } from '../sql/own-statement.ts'

/** How far statements came that went to the server together. */
export interface Pipelined {
  /** How many are done; the next one failed, where something did. */
  readonly done: number
  /** The server's error, or that of a connection that broke. */
  readonly failure?: unknown
  /** What `onDone` threw first, which nothing could be stopped for any more. */
  readonly threw?: unknown
}

/** @param rows affected; null when the statement has no count */
export type OnDone = (index: number, rows: number | null) => void

/**
 * Runs statements with one answer awaited for all of them. Each goes by the extended protocol, so that it is parsed by
 * itself and the server tells of its place alone; there is one Sync at the end, and after an error the server skips what
 * comes before it (manual, 54.2.4 "Pipelining"), also what would begin or commit a transaction. A text of several
 * statements is refused by the server, and so is a parameter; the rows of a query are not kept. Statements of our own are
 * prepared once in a session.
 * @param client a connection of the driver's own, not of a wrapper around it
 * @param onDone told of each that is done, with its place among them
 * @param told for those, the answer is sent when they are done and not at the end
 */
export function pipelined(
  client: ClientBase,
  statements: readonly (string | OwnStatement)[],
  onDone: OnDone = () => undefined,
  told: (index: number) => boolean = () => false,
): Promise<Pipelined> {
  const names = prepared.get(client) ?? { prefix: `${prefix}${randomUUID()}_`, byText: new Map() }
  prepared.set(client, names)
  return new Promise<Pipelined>((resolve) => {
    client.query(new Pipeline(statements, { onDone, told, resolve, names }))
  }).then((result) => {
    // Which of them the server has seen before it failed is not known.
    if (result.failure !== undefined) prepared.delete(client)
    return result
  })
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

interface Sending {
  readonly onDone: OnDone
  readonly told: (index: number) => boolean
  readonly resolve: (result: Pipelined) => void
  readonly names: Prepared
}

/** What the driver calls when a message comes (its Submittable, as pg-cursor is one). */
class Pipeline implements Submittable {
  readonly #statements: readonly (string | OwnStatement)[]
  readonly #sending: Sending
  #done = 0
  #threw: unknown

  constructor(statements: readonly (string | OwnStatement)[], sending: Sending) {
    this.#statements = statements
    this.#sending = sending
  }

  submit(connection: Connection): void {
    // One write for all, where the driver would make one of each message.
    connection.stream.cork()
    for (const [index, statement] of this.#statements.entries()) {
      if (typeof statement === 'string') {
        connection.parse({ name: '', text: statement, types: [] }, true)
        connection.bind({}, true)
      } else this.#bindPrepared(connection, statement)
      connection.execute({}, true)
      if (this.#sending.told(index)) connection.flush()
    }
    connection.sync()
    connection.stream.uncork()
  }

  #bindPrepared(connection: Connection, statement: OwnStatement): void {
    const { text, values } = asPrepared(statement)
    const { byText, prefix: start } = this.#sending.names
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
    try {
      this.#sending.onDone(this.#done, rows)
    } catch (error) {
      // The driver calls from the socket, where nobody would catch it.
      this.#threw ??= error
    }
    this.#done += 1
  }

  handleError(failure: unknown): void {
    this.#sending.resolve({ done: this.#done, failure })
  }

  handleReadyForQuery(): void {
    this.#sending.resolve({ done: this.#done, threw: this.#threw })
  }

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('No source stream defined')
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
}
