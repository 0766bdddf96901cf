import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  type Environment,
  type EnvironmentOptions,
  loadEnvironment,
} from '../../../migrations/core/environment/index.ts'
import type { MigEvent } from '../../../migrations/core/events.ts'
import { connect, splitStatements } from '../../../migrations/core/postgres/index.ts'
import { openProject, type Project, type Session } from '../../../migrations/core/runner/index.ts'
import { databaseTest, type TestDatabase } from '../../support/database.ts'

/** A project folder of a test's own, with a database. */
export interface TestProject {
  readonly root: string
  readonly database: TestDatabase
  readonly session: Session
  readonly events: readonly MigEvent[]
  /** Writes files, path → text. */
  write(files: Readonly<Record<string, string>>): void
  environment(schemas: EnvironmentOptions['schemas'], filter?: string): Promise<Environment>
  /** Runs a script statement by statement, as psql does. */
  run(sql: string): Promise<void>
  opened(env: Environment): Project
}

/** `projectTest('…', async ({ project }) => …)` */
export const projectTest = databaseTest.extend<{ project: TestProject }>({
  project: async ({ database }, use) => {
    const root = mkdtempSync(join(tmpdir(), 'mig-adopt-'))
    // Servers of recordings run as another user, and here their files are in memory.
    chmodSync(root, 0o755)
    const events: MigEvent[] = []
    // Not the test's own: a session of the product has another search_path.
    const client = await connect({ url: database.url, applicationName: 'just-mig test' })
    await use({
      root,
      database,
      events,
      session: {
        client,
        url: database.url,
        emit: (event) => events.push(event),
        signal: undefined,
      },
      write(files) {
        for (const [path, text] of Object.entries(files)) {
          mkdirSync(dirname(join(root, path)), { recursive: true })
          writeFileSync(join(root, path), text)
        }
      },
      environment: (schemas, filter) =>
        loadEnvironment({
          root,
          variables: {},
          databaseUrl: database.url,
          options: { schemas },
          ...(filter === undefined ? {} : { filter }),
        }),
      async run(sql) {
        for (const { text } of splitStatements(sql)) await database.client.query(text)
      },
      opened: openProject,
    })
    await client.end()
    rmSync(root, { recursive: true, force: true })
  },
})
