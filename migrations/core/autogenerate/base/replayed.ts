import type { Client, ClientBase } from 'pg'
import { type Catalog, liveGlobals, readCatalog } from '../../difference/index.ts'
import type { Fingerprint } from '../../postgres/fingerprint/index.ts'
import { onDatabase } from '../../postgres/index.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import { filteredSchemas, makeSchemas } from '../../scratch/lines.ts'
import { fingerprintOf, observe, type State } from '../../scratch/state.ts'
import { expectTrustedLive } from '../../scratch/trust-live.ts'
import type { AutogenerateInput } from '../input.ts'
import { seedBase } from '../prove/rows/index.ts'
import { searchScope, searchStatements } from '../search/search.ts'

/**
 * Brings a scratch database to the base state: the revisions replayed, then, where the live database differs
 * from them, what it takes to look like it. So a generated revision starts from what is there, and can be
 * proved without touching it.
 * @param wanted the wanted state: what it has of others' objects is made for it
 * @returns the fingerprint of `schemas`, where it was read on the way
 */
async function prepareBase(
  input: AutogenerateInput,
  scratch: ScratchDatabase,
  wanted: Catalog,
): Promise<{ readonly schemas: readonly string[]; readonly fingerprint: Fingerprint } | undefined> {
  const { client } = scratch
  await expectTrustedBase(input, client)
  await makeSchemas(client, input.lines)
  await input.replay(client)
  await input.surroundings?.ofWanted(client, wanted)
  const { liveUrl } = input
  if (liveUrl === null) return undefined
  const cut = input.cutSchemas?.() ?? []
  const used = await onDatabase(liveUrl, (session) => schemasInUse(input, session, client))
  const schemas = used.filter((schema) => !cut.includes(schema))
  const observed = { ...input, schemas }
  const fingerprint = await fingerprintOf(client, observed)
  const live = await onDatabase(liveUrl, async (session) => {
    // The fingerprint is the quicker of the two observers, and mostly says that there is nothing to do.
    const there = await fingerprintOf(session, observed)
    return there.hash === fingerprint.hash ? undefined : readCatalog(session, input)
  })
  if (live === undefined) return { schemas, fingerprint }
  const replayed = await readCatalog(client, input)
  const globals = liveGlobals(replayed, live, schemas)
  await searchStatements({
    client,
    from: replayed,
    to: live,
    scope: searchScope({ schemas, excludes: input.excludes, globals, privileges: input.privileges }),
    first: [],
    isLive: true,
    // There are no rows to lose on a scratch database.
    casts: { using: {}, recreate: ['*'] },
  })
  return undefined
}

/** What is rebuilt from a live database must be trusted where it would run with our own rights. */
export async function expectTrustedBase(input: AutogenerateInput, client: Client): Promise<void> {
  const url = input.liveUrl ?? input.adoptUrl
  if (url === undefined) return
  const schemas = input.lines.filter((line) => !line.tenant).map((line) => line.schema)
  const onLive = <T>(body: (live: Client) => Promise<T>) => onDatabase(url, body)
  await expectTrustedLive(client, onLive, { schemas, trustLive: input.trustLive === true })
}

/**
 * The schemas of all lines but tenant lines, less those that the live database has not yet, and that the revisions put
 * nothing into: the runner makes them with their first revision.
 */
async function schemasInUse(
  { lines }: Pick<AutogenerateInput, 'lines'>,
  live: ClientBase,
  replayed: ClientBase,
): Promise<readonly string[]> {
  const schemas = lines.filter((line) => !line.tenant).map((line) => line.schema)
  const there = await live.query<{ name: string }>(
    'SELECT nspname AS name FROM pg_namespace WHERE nspname = ANY ($1::text[])',
    [schemas],
  )
  const filled = await replayed.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace n WHERE nspname = ANY ($1::text[])
       AND EXISTS (SELECT FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = n.oid)`,
    [schemas],
  )
  const used = new Set([...there.rows, ...filled.rows].map(({ name }) => name))
  return schemas.filter((schema) => used.has(schema))
}

/** Brings an empty scratch database to the base state. */
export async function replayBase(
  input: AutogenerateInput,
  wanted: State,
  scratch: ScratchDatabase,
): Promise<State> {
  const read = await prepareBase(input, scratch, wanted.catalog)
  await seedBase(scratch.client, input)
  const schemas = filteredSchemas(input)
  // Mostly the filter is every line, whose fingerprint the base was compared by.
  if (read === undefined || read.schemas.join('\0') !== schemas.join('\0'))
    return observe(scratch.client, { ...input, schemas })
  return { catalog: await readCatalog(scratch.client, input), fingerprint: read.fingerprint }
}

/** Hands a new scratch database at the base state to `body`. */
export function onReplayedBase<T>(
  input: AutogenerateInput,
  wanted: State,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  return withScratchDatabase(scratchOptions(input), async (scratch) => {
    await prepareBase(input, scratch, wanted.catalog)
    await seedBase(scratch.client, input)
    return body(scratch)
  })
}
