import { createHash } from 'node:crypto'
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { keepValue, keptValue } from '../environment/index.ts'
import { errorCode } from '../errors.ts'
import type { RevisionFile } from '../revisions/index.ts'
import type { PlanStep, Project } from '../runner/index.ts'
import { toolVersion } from '../tool-version.ts'
import type { DatabaseFacts } from './facts.ts'

/** What steps leave in an empty database, as statements that leave the same. */
export interface Checkpoint {
  /** How many steps it stands for. */
  readonly steps: number
  /** For one transaction, in a session of ours, where the schemas are there. */
  readonly statements: readonly string[]
  /** The hash of the fingerprint afterwards, with privileges, owners and the order of columns. */
  readonly fingerprint: string
  /** Why there is none, which is kept too: to find it out takes longer than the steps. */
  readonly refused?: string
}

/**
 * The keys of the checkpoints that a history may start from: after each step, a digest of all that its state follows from.
 * @param steps from an empty database
 * @param checksum of a revision's file
 */
export function checkpointKeys(
  { env }: Pick<Project, 'env'>,
  facts: DatabaseFacts,
  steps: readonly PlanStep[],
  checksum: (file: RevisionFile) => string,
): readonly string[] {
  const { schemas, x, options } = env
  let key = digest(JSON.stringify([toolVersion, facts, schemas, x, options.searchPath]))
  return steps.map(({ revision, targetSchema, file }) => {
    key = digest(JSON.stringify([key, revision, targetSchema, checksum(file)]))
    return key
  })
}

/** The kept checkpoint of most steps. @param damaged told of a file that is not as it was written, and passed over */
export function keptCheckpoint(
  cacheDir: string,
  keys: readonly string[],
  damaged: (path: string) => void,
): (Checkpoint & { readonly key: string }) | undefined {
  const there = new Set(keptFiles(cacheDir))
  for (const key of keys.toReversed()) {
    if (!there.has(fileName(key))) continue
    const path = join(cacheDir, fileName(key))
    const checkpoint = keptValue<Checkpoint>(path)
    if (checkpoint !== undefined && keys[checkpoint.steps - 1] === key) return { ...checkpoint, key }
    damaged(path)
  }
  return undefined
}

/** How many checkpoints are kept: of this branch, and of those that it is changed for and back. */
const mostKept = 5

/** Keeps a checkpoint, and of the others the newest ones; where nothing can be written, none. */
export function keepCheckpoint(cacheDir: string, key: string, checkpoint: Checkpoint): void {
  if (!keepValue(join(cacheDir, fileName(key)), checkpoint)) return
  const age = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const others = keptFiles(cacheDir)
    .filter((name) => name !== fileName(key))
    .map((name) => ({ path: join(cacheDir, name), made: age(join(cacheDir, name)) }))
  const old = others.toSorted((a, b) => b.made - a.made).slice(mostKept - 1)
  for (const { path } of old) rmSync(path, { force: true })
}

function fileName(key: string): string {
  return `checkpoint-${key.slice(0, 32)}.json`
}

function keptFiles(cacheDir: string): readonly string[] {
  try {
    return readdirSync(cacheDir, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() && entry.name.startsWith('checkpoint-') ? [entry.name] : [],
    )
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw error
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
