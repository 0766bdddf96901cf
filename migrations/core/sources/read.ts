import { existsSync, readFileSync } from 'node:fs'
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
import { splitStatements } from '../postgres/index.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import { moduleFiles } from './modules.ts'
import { type ModelPlace, placesOf } from './places.ts'

export interface ReadModels {
  readonly files: readonly ModelFile[]
  /** What they follow from; undefined where that is not known, so that nothing that follows from them can be kept. */
  readonly inputs: Inputs | undefined
}

/**
 * Reads all models: `.sql` is plain DDL (what `pg_dump --schema-only` writes, too); a module exports Drizzle objects or SQL.
 * @throws MigError `no-models` when there is no model file, `empty-model` for a module that says nothing, `bad-module` when
 *   one does not load, `drizzle-version`
 */
export async function readModels(
  models: ModelsPlace,
  options: { readonly cacheDir: string; readonly emit?: EmitEvent | undefined },
): Promise<ReadModels> {
  const began = Date.now()
  const places = await modelPlaces(models)
  if (places.length === 0) {
    throw new MigError('no-models', `${shownSources(models)} holds no model file`, {
      help: 'write the wanted tables as models/<key>.sql or models/<key>.ts; an empty .sql file says that nothing is wanted',
      facts: { dir: shownSources(models) },
    })
  }
  const plain = places.filter(({ path }) => path.endsWith('.sql'))
  const modules = places.filter(({ path }) => !path.endsWith('.sql'))
  const { cacheDir, emit } = options
  const loaded =
    modules.length === 0
      ? { files: [], inputs: seenInputs({ files: [] }) }
      : await moduleFiles(modules, {
          cacheDir,
          casing: models.casing,
          ...(emit === undefined ? {} : { emit }),
        })
  const ofPlain = seenInputs({ files: plain.map(({ path }) => path) })
  const inputs = loaded.inputs === undefined ? undefined : mergedInputs([ofPlain, loaded.inputs])
  return {
    files: [...plain.map(sqlFile), ...loaded.files],
    // A file that was edited meanwhile would pass for what was read.
    inputs: inputs === undefined || changedSince(inputs, began) ? undefined : inputs,
  }
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
  return [models, await modelPlaces(models)]
}

/** The model files that there are. */
async function modelPlaces({ base, sources }: ModelsPlace): Promise<readonly ModelPlace[]> {
  const all: ModelPlace[] = []
  for (const { key, source } of sources) {
    for (const place of await placesOf(source, key, base))
      if (!all.some(({ path, key: other }) => path === place.path && other === place.key)) all.push(place)
  }
  return all
}

/** The sources as a person wrote them. */
function shownSources({ base, sources }: ModelsPlace): string {
  return `${sources.map(({ source }) => source).join(', ')} in ${base}`
}

function sqlFile({ path, key, keyed }: ModelPlace): ModelFile {
  return { path, key, keyed, statements: sqlStatements(path) }
}

function sqlStatements(path: string): readonly ModelStatement[] {
  const text = readFileSync(path, 'utf8')
  let line = 1
  let counted = 0
  return splitStatements(text).map(({ text: sql, start }) => {
    // From where the statement before stands, since a dump may have tens of thousands.
    line += text.slice(counted, start).split('\n').length - 1
    counted = start
    return { sql, file: path, line }
  })
}
