import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  changedSince,
  type Inputs,
  type ModelsPlace,
  mergedInputs,
  seenInputs,
} from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { checkSource, readSource } from '../source-file.ts'
import { sqlStatements } from './ddl.ts'
import type { ModelFile } from './model.ts'
import { moduleFiles } from './modules.ts'
import { type ModelPlace, placesOf } from './places.ts'
import { inputFiles, type ProgramOptions, programFiles, programInputs } from './programs/files.ts'
import { commandOf } from './programs/run.ts'

export interface ReadModels {
  readonly files: readonly ModelFile[]
  /** What they follow from; undefined where that is not known, so that nothing that follows from them can be kept. */
  readonly inputs: Inputs | undefined
}

export interface ReadOptions extends Omit<ProgramOptions, 'base'> {
  readonly cacheDir: string
  readonly emit?: EmitEvent | undefined
}

/**
 * Reads all models: `.sql` is plain DDL (what `pg_dump --schema-only` writes, too); a module exports Drizzle objects or SQL;
 * a program prints DDL, or makes its schema in a database.
 * @throws MigError `no-models` when there is no model file, `empty-model` for a module that says nothing, `bad-module` when
 *   one does not load, `drizzle-version`; what {@link programFiles} throws
 */
export async function readModels(models: ModelsPlace, options: ReadOptions): Promise<ReadModels> {
  const began = Date.now()
  const places = await modelPlaces(models)
  const programs = models.sources.flatMap(({ key, source }) =>
    typeof source === 'string' ? [] : [{ key, program: source }],
  )
  if (places.length + programs.length === 0) {
    throw new MigError('no-models', `${shownSources(models)} has no model file`, {
      help: 'write the wanted tables as models/<key>.sql or models/<key>.ts; an empty .sql file means that the schema is to be empty',
      facts: { dir: shownSources(models) },
    })
  }
  const plain = places.filter(({ path }) => path.endsWith('.sql'))
  const modules = places.filter(({ path }) => !path.endsWith('.sql'))
  const loaded = await loadedModules(modules, models, options)
  const { base } = models
  const made = await programFiles(programs, { ...options, base })
  const inputs = allInputs([
    seenInputs({ files: plain.map(({ path }) => path) }),
    loaded.inputs,
    ...programs.map(({ program }) => programInputs(program, base)),
  ])
  return {
    files: [...plain.map(sqlFile), ...loaded.files, ...made],
    // A file that was edited meanwhile would pass for what was read.
    inputs: inputs === undefined || changedSince(inputs, began) ? undefined : inputs,
  }
}

async function loadedModules(
  modules: readonly ModelPlace[],
  { casing }: ModelsPlace,
  { cacheDir, emit }: ReadOptions,
): Promise<ReadModels> {
  if (modules.length === 0) return { files: [], inputs: seenInputs({ files: [] }) }
  return moduleFiles(modules, { cacheDir, casing, emit })
}

/** What several results follow from; undefined where that of one is not known. */
function allInputs(all: readonly (Inputs | undefined)[]): Inputs | undefined {
  const known = all.filter((inputs) => inputs !== undefined)
  return known.length === all.length ? mergedInputs(known) : undefined
}

/** Whether there is anything to read: the folder that nobody named may be missing or empty. */
export async function hasModels(models: ModelsPlace): Promise<boolean> {
  return (
    models.declared || (existsSync(join(models.base, 'models')) && (await modelPlaces(models)).length > 0)
  )
}

/** The schema keys that have a file, a folder or a source of their own. */
export async function modelKeys(models: ModelsPlace): Promise<ReadonlySet<string>> {
  const places = await modelPlaces(models)
  return new Set([...places, ...models.sources].flatMap(({ key }) => key ?? []))
}

/** Equal while the same files are read, whatever they say. */
export async function modelsKey(models: ModelsPlace): Promise<unknown> {
  const inputs = models.sources.map(({ source }) =>
    typeof source === 'string' ? [] : inputFiles(source, models.base),
  )
  return [models, await modelPlaces(models), inputs]
}

/** The model files that there are. */
async function modelPlaces({ base, sources }: ModelsPlace): Promise<readonly ModelPlace[]> {
  const all: ModelPlace[] = []
  for (const { key, source } of sources) {
    if (typeof source !== 'string') continue
    for (const place of await placesOf(source, key, base)) {
      checkSource(place.path)
      if (!all.some(({ path, key: other }) => path === place.path && other === place.key)) all.push(place)
    }
  }
  return all
}

/** The sources as a person wrote them. */
function shownSources({ base, sources }: ModelsPlace): string {
  const shown = sources.map(({ source }) => (typeof source === 'string' ? source : commandOf(source)))
  return `${shown.join(', ')} in ${base}`
}

function sqlFile({ path, key, keyed }: ModelPlace): ModelFile {
  return { path, key, keyed, statements: sqlStatements(readSource(path), path) }
}
