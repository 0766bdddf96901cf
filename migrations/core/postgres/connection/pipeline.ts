import type { ClientBase, Connection, Submittable } from 'pg'

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
 * statements is refused by the server, and so is a parameter; the rows of a query are not kept.
 * @param client a connection of the driver's own, not of a wrapper around it
 * @param onDone told of each that is done, with its place among them
 * @param told for those, the answer is sent when they are done and not at the end
 */
export function pipelined(
  client: ClientBase,
  statements: readonly string[],
  onDone: OnDone = () => undefined,
  told: (index: number) => boolean = () => false,
): Promise<Pipelined> {
  return new Promise((resolve) => {
    client.query(new Pipeline(statements, onDone, told, resolve))
  })
}

/** What the driver calls when a message comes (its Submittable, as pg-cursor is one). */
class Pipeline implements Submittable {
  readonly #statements: readonly string[]
  readonly #onDone: OnDone
  readonly #told: (index: number) => boolean
  readonly #resolve: (result: Pipelined) => void
  #done = 0
  #threw: unknown

  constructor(
    statements: readonly string[],
    onDone: OnDone,
    told: (index: number) => boolean,
    resolve: (result: Pipelined) => void,
  ) {
    this.#statements = statements
    this.#onDone = onDone
    this.#told = told
    this.#resolve = resolve
  }

  submit(connection: Connection): void {
    // One write for all, where the driver would make one of each message.
    connection.stream.cork()
    for (const [index, text] of this.#statements.entries()) {
      connection.parse({ name: '', text, types: [] }, true)
      connection.bind({}, true)
      connection.execute({}, true)
      if (this.#told(index)) connection.flush()
    }
    connection.sync()
    connection.stream.uncork()
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
      this.#onDone(this.#done, rows)
    } catch (error) {
      // The driver calls from the socket, where nobody would catch it.
      this.#threw ??= error
    }
    this.#done += 1
  }

  handleError(failure: unknown): void {
    this.#resolve({ done: this.#done, failure })
  }

  handleReadyForQuery(): void {
    this.#resolve({ done: this.#done, threw: this.#threw })
  }

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('No source stream defined')
  }

  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}
}
