import type { ClientBase } from 'pg'

/**
 * Runs `body` in a transaction of its own, or in a savepoint of the one that is open, and undoes what it has done and set.
 * @param begin the statement that opens a transaction of its own
 * @param open sends the statement that opens the one or the other
 */
export async function undoing<Result>(
  client: ClientBase,
  body: () => Promise<Result>,
  begin = 'BEGIN',
  open: (client: ClientBase, statement: string) => Promise<unknown> = (session, sql) => session.query(sql),
): Promise<Result> {
  const isOpen = client.getTransactionStatus() === 'T'
  await open(client, isOpen ? 'SAVEPOINT mig_undone' : begin)
  try {
    return await body()
  } finally {
    await client.query(isOpen ? 'ROLLBACK TO SAVEPOINT mig_undone; RELEASE SAVEPOINT mig_undone' : 'ROLLBACK')
  }
}
