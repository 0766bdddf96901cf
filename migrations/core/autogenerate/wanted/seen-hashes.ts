import type { ClientBase } from 'pg'
import { sharedFolder } from '../../environment/index.ts'
import { catalogDigest } from '../../postgres/fingerprint/index.ts'
import type { LineTarget } from '../../scratch/lines.ts'
import { fingerprintsBySchema } from '../../scratch/state.ts'
import type { ModelInput } from './input.ts'
import { keptPath } from './kept-wanted.ts'
import { sharedValue, shareValue } from './shared.ts'

/** Fingerprint hashes of lines in a live database, by schema key. */
type Hashes = Readonly<Record<string, string>>

const seenFiles = { names: /^seen-\w+\.json$/, most: 200 }

/**
 * The fingerprint hashes of lines in the live database: those that catalogs with the same digest had, for whichever clone of
 * the project they were read.
 * @param comparison see `comparisonKey`; undefined where nothing may be kept
 */
export async function seenHashes(
  client: ClientBase,
  input: ModelInput,
  lines: readonly LineTarget[],
  comparison: string | undefined,
): Promise<Hashes> {
  const before = await snapshotOf(client)
  const digest = comparison === undefined ? undefined : await catalogDigest(client)
  if (digest === undefined) return hashesOf(client, input, lines)
  const path = keptPath(sharedFolder(input.cacheDir), 'seen', JSON.stringify([comparison, digest]))
  const seen = sharedValue<Hashes>(path)
  if (seen !== undefined && lines.every(({ key }) => key in seen)) return seen
  const hashes = await hashesOf(client, input, lines)
  // What somebody changes between the two readings must not be kept as the state of before.
  const isQuiet = before !== null && (await snapshotOf(client)) === before
  if (isQuiet || (await catalogDigest(client)) === digest) shareValue(input.cacheDir, path, hashes, seenFiles)
  return hashes
}

/**
 * The same as long as no transaction of the server has written, in whichever database; none on a standby, whose snapshots
 * do not list what still runs.
 */
async function snapshotOf(client: ClientBase): Promise<string | null> {
  const { rows } = await client.query<{ snapshot: string | null }>(
    'SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_snapshot()::pg_catalog.text END AS snapshot',
  )
  return rows[0]?.snapshot ?? null
}

async function hashesOf(
  client: ClientBase,
  input: ModelInput,
  lines: readonly LineTarget[],
): Promise<Hashes> {
  const schemas = lines.map(({ schema }) => schema)
  const found = await fingerprintsBySchema(client, { ...input, schemas })
  return Object.fromEntries(lines.map(({ key, schema }) => [key, found.get(schema)?.hash ?? '']))
}
