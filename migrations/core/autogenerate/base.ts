import type { Client } from 'pg'
import { connect, quoteIdent } from '../postgres/index.ts'
import type { ScratchDatabase } from '../postgres/scratch.ts'
import { managedGlobals, readCatalog } from './engine/index.ts'
import { guide, guideScope } from './guide/guide.ts'
import type { AutogenerateInput } from './input.ts'
import { fingerprintOf } from './state.ts'

/**
 * Brings a scratch database to the base state: the revisions replayed, then, where the live database differs
 * from them, what it takes to look like it. So a generated revision starts from what is there, and can be
 * proved without touching it.
 */
export async function prepareBase(input: AutogenerateInput, scratch: ScratchDatabase): Promise<void> {
  const { client } = scratch
  for (const { schema } of input.lines)
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
  await input.replay(client)
  if (input.liveUrl === null) return
  const schemas = input.lines.filter((line) => !line.tenant).map((line) => line.schema)
  const observed = { ...input, schemas }
  const live = await onDatabase(input.liveUrl, async (session) => {
    // The fingerprint is the quicker of the two observers, and mostly says that there is nothing to do.
    const [there, here] = [await fingerprintOf(session, observed), await fingerprintOf(client, observed)]
    return there.hash === here.hash ? undefined : readCatalog(session)
  })
  if (live === undefined) return
  const replayed = await readCatalog(client)
  const globals = managedGlobals(replayed, live, schemas)
  await guide({
    client,
    from: replayed,
    to: live,
    scope: guideScope({ schemas, excludes: input.excludes, globals, privileges: input.privileges }),
    first: [],
    // There are no rows to lose on a scratch database.
    casts: { using: {}, recreate: ['*'] },
  })
}

/** Runs `body` on a connection of its own to a database. */
export async function onDatabase<T>(url: string, body: (client: Client) => Promise<T>): Promise<T> {
  const client = await connect({ url, applicationName: 'just-mig' })
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}
