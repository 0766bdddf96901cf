import { dirname } from 'node:path'
import {
  connects,
  type Described,
  type DrizzleCasing,
  loadDescriptions,
  mergedInputs,
  seenInputs,
} from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { splitStatements } from '../postgres/index.ts'
import { ddlText } from './ddl.ts'
import { configuredCasing } from './drizzle/config.ts'
import { type DrizzleExport, drizzleStatements } from './drizzle/statements.ts'
import { type DrizzleTools, drizzleTools, expectCasing } from './drizzle/tools.ts'
import type { ModelFile, ModelStatement } from './model.ts'
import { type ModuleContent, moduleContent } from './module-exports.ts'
import type { ModelPlace } from './places.ts'
import { isStatement } from './statement-kinds.ts'

export interface ModuleOptions {
  readonly cacheDir: string
  readonly casing: DrizzleCasing | undefined
  readonly emit?: EmitEvent
}

interface Module extends ModuleContent {
  readonly place: ModelPlace
  /** It is imported by a module with Drizzle objects, as constants and helpers are. */
  readonly helps: boolean
}

/**
 * The statements of TypeScript modules, which are evaluated together, so that an object that several export is one.
 * What counts is never guessed: Drizzle objects and plain objects that hold them; `sql` of this package or of Drizzle; and
 * strings as the default export, or in a module that has no Drizzle object, unless one that has imports it.
 * @throws MigError `empty-model` for a module that says nothing, and does not help another; `bad-module` and the like
 */
export async function moduleFiles(
  places: readonly ModelPlace[],
  options: ModuleOptions,
): Promise<{ readonly files: readonly ModelFile[]; readonly inputs: Described['inputs'] }> {
  const described = await loadDescriptions(
    places.map(({ path }) => path),
    options.cacheDir,
  )
  const [stopped] = described.stopped
  if (stopped !== undefined) warn(options, connects(stopped))
  const modules = readModules(places, described)
  for (const module of modules) refuseEmpty(module, described)
  const needsDrizzle = modules.some(
    ({ objects, marked }) => objects.length > 0 || marked.some(({ value }) => ddlText(value) === undefined),
  )
  if (!needsDrizzle)
    return { files: await statementFiles(modules, undefined, options), inputs: described.inputs }
  const own = described.files.filter((path) => !isInstalled(path))
  const tools = await drizzleTools(described.packages, own)
  if (options.casing !== undefined) expectCasing(tools, options.casing)
  const drizzle = modules.find(({ objects }) => objects.length > 0)?.place.path ?? own[0] ?? ''
  const { casing, inputs } =
    options.casing === undefined && !tools.isFirst
      ? await configuredCasing(dirname(drizzle), options.cacheDir)
      : { casing: options.casing, inputs: seenInputs({ files: [] }) }
  const known =
    described.inputs !== undefined && inputs !== undefined ? [described.inputs, inputs] : undefined
  return {
    files: await statementFiles(modules, tools, { ...options, casing }),
    inputs: known === undefined ? undefined : mergedInputs(known),
  }
}

function isInstalled(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(path)
}

/** A module after those that it imports: an object belongs to the file that makes it, not to the one that passes it on. */
function readModules(places: readonly ModelPlace[], described: Described): readonly Module[] {
  const order = new Map(described.files.map((path, at) => [path, at]))
  const sorted = places.toSorted((one, other) => (order.get(one.path) ?? 0) - (order.get(other.path) ?? 0))
  const read = sorted.map((place) => ({ place, ...moduleContent(described.exports.get(place.path) ?? {}) }))
  const drizzle = new Set(read.flatMap(({ place, objects }) => (objects.length > 0 ? [place.path] : [])))
  return read.map((module) => ({
    ...module,
    helps: (described.importedBy[module.place.path] ?? []).some((path) => drizzle.has(path)),
  }))
}

function refuseEmpty({ place, objects, marked, texts, helps, foreign }: Module, described: Described): void {
  if (objects.length > 0 || marked.length > 0 || texts.length > 0 || helps) return
  const isImported = (described.importedBy[place.path] ?? []).length > 0
  if (isImported && !place.named) return
  const what =
    foreign === undefined
      ? 'exports neither a Drizzle object nor SQL'
      : `exports a ${foreign}, which is not of PostgreSQL`
  throw new MigError('empty-model', `${place.path} ${what}`, {
    help: 'export the tables (export const profile = …) or SQL; keep a helper file outside the models, and import it',
    place: { file: place.path },
  })
}

async function statementFiles(
  modules: readonly Module[],
  tools: DrizzleTools | undefined,
  options: ModuleOptions,
): Promise<readonly ModelFile[]> {
  const seen = new Set<unknown>()
  const drizzle = new Map<string, { place: ModelPlace; objects: DrizzleExport[] }>()
  const files: ModelFile[] = []
  for (const module of modules) {
    const { place } = module
    const group = `${place.keyed} ${place.key ?? ''}`
    for (const { value, name } of module.objects) {
      if (seen.has(value)) continue
      seen.add(value)
      const own = drizzle.get(group) ?? { place, objects: [] }
      own.objects.push({ value, name, file: place.path })
      drizzle.set(group, own)
    }
    const statements = sqlOf(module, seen, tools, options)
    if (statements.length > 0) files.push({ ...fileOf(place), statements })
  }
  const tables: ModelFile[] = []
  for (const { place, objects } of drizzle.values()) {
    if (tools === undefined) throw new TypeError('Drizzle objects without drizzle-kit')
    tables.push({ ...fileOf(place), statements: await drizzleStatements(objects, tools, options.casing) })
  }
  return [...tables, ...files]
}

function fileOf({ path, key, keyed }: ModelPlace): Omit<ModelFile, 'statements'> {
  return { path, key, keyed }
}

function sqlOf(
  { place, objects, marked, texts, helps }: Module,
  seen: Set<unknown>,
  tools: DrizzleTools | undefined,
  options: ModuleOptions,
): readonly ModelStatement[] {
  const file = place.path
  const found: { text: string; name: string }[] = []
  for (const { value, name } of marked) {
    if (seen.has(value)) continue
    seen.add(value)
    const own = ddlText(value)
    const text = own ?? drizzleText(value, tools, options)
    // A part of a query is not a statement: `export const now = sql`now()``.
    if (own !== undefined || isStatement(text)) found.push({ text, name })
  }
  const areSql = ({ name }: { readonly name: string }) =>
    !helps && (objects.length === 0 || name === 'default')
  warnOfTexts(
    file,
    texts.filter((text) => !areSql(text)),
    options,
  )
  for (const { text, name } of texts.filter(areSql)) {
    // A string that a module passes on is equal to the one that it imports, and nothing tells them apart.
    if (seen.has(text)) continue
    seen.add(text)
    found.push({ text, name })
  }
  return found.flatMap(({ text, name }) =>
    splitStatements(text).map((statement) => ({ sql: statement.text, file, name, line: undefined })),
  )
}

function drizzleText(value: unknown, tools: DrizzleTools | undefined, { casing }: ModuleOptions): string {
  if (tools === undefined) throw new TypeError('SQL of Drizzle without Drizzle')
  const { PgDialect } = tools.orm
  const inlined = (value as { readonly inlineParams: () => unknown }).inlineParams()
  return new PgDialect({ casing }).sqlToQuery(inlined).sql
}

function warnOfTexts(file: string, texts: ModuleContent['texts'], options: ModuleOptions): void {
  const names = [...new Set(texts.flatMap(({ text, name }) => (isStatement(text) ? [name] : [])))]
  if (names.length === 0) return
  options.emit?.({
    event: 'warning',
    code: 'strings-passed-over',
    message: `${file} exports ${names.join(', ')} as plain text in a file with Drizzle objects, and plain text is not run there`,
    help: 'if it is part of the models, mark it: sql`CREATE TRIGGER …`, by sql of drizzle-orm or of just-mig',
  })
}

function warn({ emit }: ModuleOptions, { code, message, help }: MigError): void {
  emit?.({ event: 'warning', code, message, help })
}
