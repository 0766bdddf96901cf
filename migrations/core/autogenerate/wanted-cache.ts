import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { toolVersion } from '../ledger/index.ts'
import type { ModelInput } from './input.ts'
import { modelPaths } from './models/index.ts'

/** Fingerprint hash of each line's schema as the models want it, by schema key. */
export type WantedHashes = Readonly<Record<string, string>>

/**
 * Where the wanted hashes of these models are kept: the name is the hash of all that they follow from, so that
 * a kept answer is never an old one. Undefined when a model takes code from outside of the
 * models' folder, or a function says what is excluded.
 */
export function wantedCachePath(input: ModelInput, serverVersion: string): string | undefined {
  if (input.exclusions === undefined) return undefined
  const hash = createHash('sha256')
  hash.update(
    JSON.stringify(['1', toolVersion, serverVersion, input.lines, input.privileges, input.exclusions]),
  )
  for (const path of modelPaths(input.modelsDir)) {
    const text = readFileSync(path, 'utf8')
    if (!path.endsWith('.sql') && takesFromOutside(text)) return undefined
    hash.update(`\0${path}\0${text}`)
  }
  return join(input.cacheDir, `wanted-${hash.digest('hex').slice(0, 32)}.json`)
}

/** A relative import that climbs; packages have a version of their own, which the lock file fixes. */
function takesFromOutside(text: string): boolean {
  return /(?:from|import)\s*\(?\s*['"]\.\.\//.test(text)
}

/** The kept hashes, or undefined when there are none that can be read. */
export function readWantedHashes(path: string): WantedHashes | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as WantedHashes
  } catch (error) {
    if (error instanceof SyntaxError || isMissing(error)) return undefined
    throw error
  }
}

/** Keeps hashes for the next time. A folder that cannot be written costs time, not the answer. */
export function keepWantedHashes(path: string, hashes: WantedHashes): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const draft = `${path}.${process.pid}`
    writeFileSync(draft, JSON.stringify(hashes))
    renameSync(draft, path)
  } catch (error) {
    if (!isReadOnly(error)) throw error
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

function isReadOnly(error: unknown): boolean {
  return ['EROFS', 'EACCES', 'EPERM'].includes(codeOf(error))
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
