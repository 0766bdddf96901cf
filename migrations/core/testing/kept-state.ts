import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { keepValue, keptValue } from '../environment/index.ts'
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
  if (keepValue(path, state)) dropOldFiles(cacheDir)
  return state
}

function dropOldFiles(cacheDir: string): void {
  const files = readdirSync(cacheDir)
    .filter((name) => /^test-state-[0-9a-f]+\.json$/.test(name))
    .map((name) => join(cacheDir, name))
    .map((path) => ({ path, written: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((one, other) => other.written - one.written)
  for (const { path } of files.slice(keptFiles)) rmSync(path, { force: true })
}
