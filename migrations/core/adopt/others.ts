import { existsSync } from 'node:fs'
import type { Client, ClientBase } from 'pg'
import type { LivePart } from '../autogenerate/index.ts'
import type { Environment } from '../environment/index.ts'
import { readFingerprint } from '../postgres/fingerprint/index.ts'
import type { Session } from '../runner/index.ts'
import { surroundingsPath } from '../scratch/surroundings/file.ts'
import { otherSchemas } from '../scratch/surroundings/live-objects.ts'
import {
  makeReferred,
  projectSurroundings,
  runSurrounded,
  surroundingsOwnership,
} from '../scratch/surroundings/surroundings.ts'

/** What a history runs in. */
export interface HistoryPlace {
  readonly session: Session
  readonly env: Environment
  /** All SQL of the history, or its files. */
  readonly text: string
}

/** Whether there may be objects of others, such as `auth.users` of a platform, that a history refers to. */
export async function hasOthers({ session, env }: Pick<HistoryPlace, 'session' | 'env'>): Promise<boolean> {
  if (existsSync(surroundingsPath(env.dir))) return true
  return (await otherSchemas(session.client, [...knownSchemas(env), 'public'])).length > 0
}

/**
 * Makes in a database what a history refers to and others own, as surroundings.sql or the live database has it.
 * @throws MigError `bad-surroundings`, `live-not-trusted`
 */
export async function makeOthers(client: Client, { session, env, text }: HistoryPlace): Promise<void> {
  const surroundings = projectSurroundings(env, (body) => body(session.client))
  await surroundings.ofHistory(client, () => [text])
  await surroundings.others?.(client)
}

/**
 * Replays a history; where it fails, again with the objects of others. They are not made before, since a history may make
 * such objects itself. A run continues after the last revision that was applied.
 * @returns the identities of the objects of others that the history has left as they were
 */
export async function runWithOthers(
  client: Client,
  place: HistoryPlace,
  run: () => Promise<void>,
): Promise<ReadonlySet<string>> {
  const read = async () => {
    const schemas = await otherSchemas(client, knownSchemas(place.env))
    const { objects } = await readFingerprint(client, { schemas })
    return new Map([...objects].map(([identity, object]) => [identity, JSON.stringify(object)]))
  }
  let made: readonly (readonly [string, string])[] = []
  const others = async () => {
    const before = await read()
    await makeOthers(client, place)
    made = [...(await read())].filter(([identity]) => !before.has(identity))
  }
  await runSurrounded(client, (await hasOthers(place)) ? { others } : undefined, run)
  if (made.length === 0) return new Set()
  const after = await read()
  return new Set(made.flatMap(([identity, object]) => (after.get(identity) === object ? [identity] : [])))
}

/**
 * Makes on an empty database, for an export from another, what texts refer to and others own.
 * @param onlyExtensions those that are others'; the export makes all others itself
 */
export function surroundFrom(
  from: ClientBase,
  empty: Client,
  env: Environment,
  onlyExtensions: readonly string[] = [],
): NonNullable<LivePart['surround']> {
  const ownership = { ...surroundingsOwnership(env), onlyExtensions }
  return (texts) => makeReferred(empty, (body) => body(from), texts, env, ownership)
}

function knownSchemas(env: Environment): readonly string[] {
  return [...Object.values(env.schemas), env.ledgerSchema]
}
