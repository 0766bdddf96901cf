import { createHash } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { sharedFolder } from '../../../environment/index.ts'
import {
  type DatabaseObject,
  type Fingerprint,
  type FingerprintObject,
  fingerprintHash,
} from '../../../postgres/fingerprint/index.ts'
import type { ModelFile } from '../../../sources/index.ts'
import type { ModelInput } from '../input.ts'
import { keptPath } from '../kept-wanted.ts'
import { mostInTransaction } from '../limits.ts'
import { sharedValue, shareValue } from '../shared.ts'
import type { Dependency } from './dependants.ts'

/** Models, and the state that they have made. */
export interface KeptState {
  readonly files: readonly ModelFile[]
  /** By identity, of every line. */
  readonly objects: ReadonlyMap<string, FingerprintObject>
  readonly dependencies: readonly Dependency[]
  readonly database: readonly DatabaseObject[]
}

interface Kept {
  readonly files: readonly (Pick<ModelFile, 'path' | 'keyed'> & {
    readonly key: string | null
    readonly statements: readonly string[]
  })[]
  readonly objects: readonly (readonly [string, FingerprintObject])[]
  readonly dependencies: readonly Dependency[]
  readonly database: readonly DatabaseObject[]
}

/**
 * Whether a part of models takes less than their whole, and the state follows from nothing else. Of few models the whole
 * is as quick.
 */
export function isWorthKeeping({ lines, surroundings }: ModelInput, files: readonly ModelFile[]): boolean {
  const count = files.reduce((sum, { statements }) => sum + statements.length, 0)
  const isAlone = surroundings?.text === undefined && surroundings?.followsLive() !== true
  return count > mostInTransaction && isAlone && !lines.some(({ tenant }) => tenant)
}

/** A state is some megabytes. */
const stateFiles = { names: /^state-[\w-]+\.json$/, most: 12 }

/** Keeps models and their state for when a database has that. */
export function keepState(input: ModelInput, comparison: string, state: KeptState): void {
  const { files, objects, dependencies, database } = state
  const kept: Kept = {
    files: files.map(({ path, key = null, keyed, statements }) => ({
      ...{ path, key, keyed },
      statements: statements.map(({ sql }) => sql),
    })),
    objects: [...objects],
    dependencies,
    database,
  }
  shareValue(input.cacheDir, statePath(input, comparison, hashesOf(input, objects)), kept, stateFiles)
}

/** The models that have made a state, and the state itself; undefined where they are not kept. */
export function keptState(path: string): KeptState | undefined {
  const kept = sharedValue<Kept>(path)
  if (kept === undefined) return undefined
  return {
    files: kept.files.map(({ path, key, keyed, statements }) => ({
      ...{ path, key: key ?? undefined, keyed },
      statements: statements.map((sql) => ({ sql, file: path, line: undefined })),
    })),
    objects: new Map(kept.objects),
    dependencies: kept.dependencies,
    database: kept.database,
  }
}

/** Whether any state is kept: else nobody has to look which one a live database has. */
export function keepsStates({ cacheDir }: ModelInput, comparison: string): boolean {
  const folder = sharedFolder(cacheDir)
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith(stateKind(comparison)))
}

function stateKind(comparison: string): string {
  return `state-${createHash('sha256').update(comparison).digest('hex').slice(0, 16)}`
}

/** Where the state with these hashes of lines is kept: in whichever clone it was made, its models are kept with it. */
export function statePath(
  input: ModelInput,
  comparison: string,
  hashes: Readonly<Record<string, string>>,
): string {
  const own = input.lines.map(({ key }) => hashes[key] ?? nothing)
  return keptPath(sharedFolder(input.cacheDir), stateKind(comparison), JSON.stringify(own))
}

/** The hash of a schema that is not there. */
export const nothing = fingerprintHash(new Map())

/** The runner makes a schema with its line's first revision: an empty one counts as none. */
function hashesOf(input: ModelInput, all: KeptState['objects']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...linesOf(input, all)].map(([key, { objects, hash }]) => {
      const isEmpty = [...objects.values()].every(({ kind }) => kind === 'schema')
      return [key, isEmpty ? nothing : hash]
    }),
  )
}

/** The objects of each line, by its key. */
export function linesOf(
  { lines }: ModelInput,
  objects: KeptState['objects'],
): ReadonlyMap<string, Fingerprint> {
  return new Map(
    lines.map(({ key, schema }) => {
      const own = new Map([...objects].filter(([, object]) => object.schema === schema))
      return [key, { objects: own, unknown: [], hash: fingerprintHash(own) }]
    }),
  )
}
