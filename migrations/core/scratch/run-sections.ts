import type { ClientBase } from 'pg'
import type { StatementSection } from '../environment/index.ts'
import { databaseError, setOwnPath, setUserPathLocal } from '../postgres/index.ts'

/**
 * Runs one direction of a revision as the runner will: what stands together in one transaction, and what
 * cannot be in one on its own.
 * @throws MigError `database-error` with the statement and the caret
 */
export async function runSections(client: ClientBase, sections: readonly StatementSection[]): Promise<void> {
  for (const { autocommit, statements } of sections) {
    await client.query(autocommit ? 'SET search_path TO public' : `BEGIN; ${setUserPathLocal}`)
    for (const sql of statements) {
      try {
        await client.query(sql)
      } catch (error) {
        await client.query(autocommit ? setOwnPath : 'ROLLBACK')
        throw databaseError(error, { sql })
      }
    }
    await client.query(autocommit ? setOwnPath : 'COMMIT')
  }
}
