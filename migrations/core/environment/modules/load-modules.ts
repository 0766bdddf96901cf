import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { toolVersion } from '../../tool-version.ts'
import { bundleInputs } from './around.ts'
import { bundle } from './bundle.ts'
import { areUnchanged, changedSince, type Inputs } from './inputs.ts'
import { keep, keepValue, keptValue, readKept } from './kept-file.ts'
import { moduleError } from './module-error.ts'

export type Exports = Readonly<Record<string, unknown>>

/** Modules as bundled: kept in the cache while nothing that the bundle follows from has changed. */
export interface Bundled {
  /** A place that can be imported. */
  readonly url: string
  readonly code: string
  readonly inputs: Inputs
  readonly inside: readonly string[]
  readonly outside: readonly string[]
  readonly importedBy: Readonly<Record<string, readonly string[]>>
}

/** What is kept beside the code. */
type KeptBundle = Omit<Bundled, 'url' | 'code'> & { readonly name: string }

/**
 * Bundles modules, or takes the bundle that is kept of them.
 * @throws MigError `bad-module` with file, line and column
 */
export async function bundled(files: readonly string[], cacheDir: string): Promise<Bundled> {
  const key = digest(['3', toolVersion, ...files].join('\0'))
  const record = join(cacheDir, `${key}.json`)
  const known = keptBundle(record, cacheDir)
  if (known !== undefined) return known
  const began = Date.now()
  const made = await bundle(files).catch((cause: unknown) => {
    throw moduleError(files[0] ?? '', cause)
  })
  const facts = {
    inputs: bundleInputs(made.inside),
    inside: made.inside,
    outside: made.outside,
    importedBy: Object.fromEntries([...made.importedBy].map(([file, by]) => [file, [...by]])),
  }
  const name = `${basename(files[0] ?? '')}-${digest(made.code)}.mjs`
  const path = join(cacheDir, name)
  if (!keep(path, made.code)) return { ...facts, code: made.code, url: dataUrl(made.code) }
  // A file that was edited meanwhile would pass for what is in the bundle.
  if (!changedSince(facts.inputs, began)) keepValue(record, { ...facts, name } satisfies KeptBundle)
  return { ...facts, code: made.code, url: pathToFileURL(path).href }
}

function keptBundle(record: string, cacheDir: string): Bundled | undefined {
  const kept = keptValue<KeptBundle>(record)
  if (kept === undefined) return undefined
  const { name, ...facts } = kept
  const path = join(cacheDir, name)
  const code = areUnchanged(facts.inputs) ? readKept(path) : undefined
  return code === undefined ? undefined : { ...facts, code, url: pathToFileURL(path).href }
}

let loads = 0

/**
 * Evaluates bundled modules, again at each load: what they say may follow from variables and files.
 * @returns the exports of each file
 * @throws MigError `bad-module` with the place in the user's own file
 */
export async function evaluated(
  files: readonly string[],
  made: Bundled,
): Promise<ReadonlyMap<string, Exports>> {
  const { url } = made
  loads += 1
  const once = url.startsWith('file:') ? `${url}?load=${loads}` : `${url}#${loads}`
  try {
    const all = (await import(once)) as Readonly<Record<string, Exports>>
    return new Map(files.map((file, at) => [file, all[`m${at}`] ?? {}]))
  } catch (cause) {
    throw moduleError(files[0] ?? '', cause, made)
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function dataUrl(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`
}
