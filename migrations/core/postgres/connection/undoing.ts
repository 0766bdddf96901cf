import type { ClientBase } from 'pg'

/**
 * Runs `body` in a transaction of its own, or in a savepoint of the one that is open, and undoes what it has done and set.
 * @param begin the statement that opens a transaction of its own
 */
export async function undoing<Result>(
  client: ClientBase,
  body: () => Promise<Result>,
  begin = 'BEGIN',
): Promise<Result> {
  const isOpen = client.getTransactionStatus() === 'T'
  await client.query(isOpen ? 'SAVEPOINT mig_undone' : begin)
  try {
    return await body()
  } finally {
    await client.query(isOpen ? 'ROLLBACK TO SAVEPOINT mig_undone; RELEASE SAVEPOINT mig_undone' : 'ROLLBACK')
  }
}
