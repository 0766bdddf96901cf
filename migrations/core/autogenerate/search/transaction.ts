import type { Client, ClientBase } from 'pg'
import type { StatementSection } from '../../environment/index.ts'
import { onUserPath } from '../../postgres/index.ts'
import { sequencePositions } from '../../scratch/rows/index.ts'
import { runSections } from '../../scratch/run-sections.ts'

/** Says that what is tried has to commit in between. */
class CommitNeeded extends Error {}

/** Sessions whose search is one transaction. */
const undone = new WeakSet<object>()

/** Hands a database at the state that a search starts from to `body`. */
export type OnStart = <T>(body: (client: Client) => Promise<T>) => Promise<T>

/**
 * Runs a search on the database itself, in transactions that are undone: those of the search are savepoints in them. So it
 * needs no copy of the database, and no new session, which would have to plan each query of the catalogs again.
 * @returns undefined where the search has to commit in between
 */
export async function undoingSearch<T>(
  client: Client,
  search: (onStart: OnStart) => Promise<T>,
): Promise<T | undefined> {
  const positions = await sequencePositions(client)
  const onStart: OnStart = async (body) => {
    await client.query('BEGIN')
    undone.add(client)
    try {
      return await body(client)
    } finally {
      undone.delete(client)
      await client.query(['ROLLBACK', ...positions].join(';\n'))
    }
  }
  try {
    return await search(onStart)
  } catch (error) {
    if (error instanceof CommitNeeded) return undefined
    throw error
  }
}

/** Begins a transaction of a search. */
export async function begin(client: ClientBase): Promise<void> {
  await client.query(undone.has(client) ? 'SAVEPOINT mig_search' : 'BEGIN')
}

/** Keeps what a transaction of a search did. */
export async function commit(client: ClientBase): Promise<void> {
  await client.query(undone.has(client) ? 'RELEASE SAVEPOINT mig_search' : 'COMMIT')
}

export async function rollback(client: ClientBase): Promise<void> {
  await client.query(
    undone.has(client) ? 'ROLLBACK TO SAVEPOINT mig_search; RELEASE SAVEPOINT mig_search' : 'ROLLBACK',
  )
}

/** Ends a transaction where what comes next needs its commit. */
export async function commitForGood(client: ClientBase): Promise<void> {
  if (undone.has(client)) throw new CommitNeeded('the search commits in between')
  await commit(client)
}

/** As `runSections`, in a search. */
export async function runInSearch(client: ClientBase, sections: readonly StatementSection[]): Promise<void> {
  if (!undone.has(client)) return runSections(client, sections)
  for (const { autocommit, statements } of sections) {
    if (autocommit) await commitForGood(client)
    if (statements.length > 0) await client.query(onUserPath(statements.join(';\n')))
  }
}
