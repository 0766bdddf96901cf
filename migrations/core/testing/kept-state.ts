import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { forgetOldest, keepValue, keptValue } from '../environment/index.ts'
import { type DatabaseState, readState } from './state.ts'

const keptFiles = 3

/**
 * What a copy of a template holds. Every copy holds the same, and on a new database all of its catalogs are read for it, so
 * it is kept in a file.
 * @param id of the template
 */
export async function keptState(client: ClientBase, cacheDir: string, id: string): Promise<DatabaseState> {
  const path = join(cacheDir, `test-state-${id}.json`)
  const kept = keptValue<DatabaseState>(path)
  if (kept !== undefined) return kept
  const state = await readState(client)
  if (keepValue(path, state)) forgetOldest(cacheDir, /^test-state-[0-9a-f]+\.json$/, keptFiles)
  return state
}
