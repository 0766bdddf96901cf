import { connect, quoteIdent } from '../postgres/index.ts'
import type { ScratchDatabase } from '../postgres/scratch.ts'
import { type Catalog, managedGlobals, readCatalog } from './engine/index.ts'
import { guide } from './guide/guide.ts'
import type { AutogenerateInput } from './input.ts'

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
  const replayed = await readCatalog(client)
  const live = await liveCatalog(input.liveUrl)
  const schemas = input.lines.filter((line) => !line.tenant).map((line) => line.schema)
  const globals = managedGlobals(replayed, live, schemas)
  await guide({
    client,
    from: replayed,
    to: live,
    scope: { schemas, excludes: input.excludes, globals, privileges: input.privileges },
    first: [],
    // There are no rows to lose on a scratch database.
    casts: { using: {}, recreate: ['*'] },
  })
}

async function liveCatalog(url: string): Promise<Catalog> {
  const client = await connect({ url, applicationName: 'just-mig' })
  try {
    return await readCatalog(client)
  } finally {
    await client.end()
  }
}
