import pg from 'pg'
import { describe, expect } from 'vitest'
import type { OwnConnection } from '../../migrations/core/runner/own-connection.ts'
import { checkPooler } from '../../migrations/core/runner/pooler.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

/** The run's connection as a pooler shows it: with a process id of the pooler's own. */
function behindPooler(client: pg.Client): pg.Client {
  return Object.assign(client, { processID: -1 })
}

function connections(observer: () => Promise<pg.Client>, noted: number[]): OwnConnection {
  return {
    observer,
    notePid: (pid) => noted.push(pid),
    pid: () => noted.at(-1),
    reconnect: async () => undefined,
    endedBy: () => null,
    cancelled: async () => undefined,
  }
}

async function pidOf({ client }: TestDatabase): Promise<number> {
  return (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
}

describe('a connection behind a pooler', () => {
  databaseTest('that lends the session to another connection is refused', async ({ database }) => {
    const noted: number[] = []
    const check = checkPooler(
      behindPooler(database.client),
      connections(async () => database.client, noted),
    )
    await expect(check).rejects.toMatchObject({ code: 'transaction-pooler' })
    expect(noted).toEqual([])
  })

  databaseTest("that keeps the session is known by the server's own process id", async ({ database }) => {
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    const noted: number[] = []
    await checkPooler(
      behindPooler(database.client),
      connections(async () => other, noted),
    )
    expect(noted).toEqual([await pidOf(database)])
    await other.end()
  })

  databaseTest('is looked for without a second connection where there is none', async ({ database }) => {
    const noObserver = async () => {
      throw new Error('nobody needs it')
    }
    const noted: number[] = []
    await checkPooler(database.client, connections(noObserver, noted))
    expect(noted).toEqual([])
  })
})
