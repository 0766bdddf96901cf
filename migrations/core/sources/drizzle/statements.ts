import type { DrizzleCasing } from '../../environment/index.ts'
import { MigError, messageOf } from '../../errors.ts'
import { splitStatements } from '../../postgres/index.ts'
import type { ModelStatement } from '../model.ts'
import { where } from '../place.ts'
import { columnsOf, sqlName, tableShape } from './objects.ts'
import type { DrizzleTools } from './tools.ts'

/** A Drizzle object, and the export that it was found in. */
export interface DrizzleExport {
  readonly value: unknown
  readonly name: string
  readonly file: string
}

/**
 * The DDL of Drizzle objects, as the project's own drizzle-kit writes it for an empty database, each statement with the
 * export that it is about.
 * @throws MigError `drizzle-failed` where drizzle-kit does not take the objects; `duplicate-model`
 */
export async function drizzleStatements(
  objects: readonly DrizzleExport[],
  { kit, orm, isFirst }: DrizzleTools,
  casing: DrizzleCasing | undefined,
): Promise<readonly ModelStatement[]> {
  const [first] = objects
  if (first === undefined) return []
  refuseSecondTables(objects)
  if (!isFirst)
    writeBigintDefaults(
      objects.map(({ value }) => value),
      (text) => orm.sql.raw(text),
    )
  const named = Object.fromEntries(objects.map(({ value }, at) => [`object${at}`, value]))
  const texts = await written(kit, named, casing).catch((cause: unknown) => {
    throw new MigError('drizzle-failed', `drizzle-kit refuses the models: ${messageOf(cause)}`, {
      help: `see its output: npx drizzle-kit export; the first is ${first.name} of ${first.file}`,
      place: { file: first.file },
      cause,
    })
  })
  const owners = new Map(objects.map((object) => [sqlName(object.value), object]))
  return texts.flatMap((text) =>
    splitStatements(text).map(({ text: sql }) => {
      const { file, name } = owners.get(subjectOf(sql)) ?? first
      return { sql, file, name, line: undefined }
    }),
  )
}

/** Of two tables with one name drizzle-kit takes the last, without a word; two that are alike do no harm. */
function refuseSecondTables(objects: readonly DrizzleExport[]): void {
  const seen = new Map<string, DrizzleExport>()
  for (const object of objects) {
    const [name, shape] = [sqlName(object.value), tableShape(object.value)]
    if (name === undefined || shape === undefined) continue
    const other = seen.get(name)
    if (other !== undefined && tableShape(other.value) !== shape) throw definedTwice(name, other, object)
    seen.set(name, object)
  }
}

function definedTwice(name: string, ...exports: readonly [DrizzleExport, DrizzleExport]): MigError {
  const places = exports.map(({ file, name: own }) => where({ sql: '', file, name: own, line: undefined }))
  const shown = name.replaceAll('"', '')
  return new MigError('duplicate-model', `${shown} is defined twice: in ${places.join(' and in ')}`, {
    help: 'keep one of the two definitions',
    place: { file: exports[1].file },
    facts: { object: shown, files: exports.map(({ file }) => file) },
  })
}

async function written(
  { generateDrizzleJson, generateMigration }: DrizzleTools['kit'],
  objects: Readonly<Record<string, unknown>>,
  casing: DrizzleCasing | undefined,
): Promise<readonly string[]> {
  const from = await generateDrizzleJson({}, undefined, undefined, casing)
  return generateMigration(from, await generateDrizzleJson(objects, undefined, undefined, casing))
}

/** The table, type, view or sequence that a statement of drizzle-kit is about. */
function subjectOf(sql: string): string | undefined {
  const name =
    /\b(?:TABLE|TYPE|VIEW|SEQUENCE|ON)\s+(?:IF NOT EXISTS\s+|ONLY\s+)?((?:"[^"]+"\.)?"[^"]+")/.exec(sql)?.[1]
  return name?.replace(/^"public"\./, '')
}

/**
 * Makes SQL of the bigint defaults of tables (`.default(0n)`), which drizzle-kit 0.x cannot write: it puts them into JSON
 * (`Do not know how to serialize a BigInt`).
 */
function writeBigintDefaults(tables: Iterable<unknown>, raw: (text: string) => unknown): void {
  for (const table of tables) {
    for (const column of columnsOf(table) ?? []) {
      const value = column.default
      if (typeof value === 'bigint') column.default = raw(String(value))
      else if (Array.isArray(value) && value.some((item) => typeof item === 'bigint'))
        column.default = raw(`'{${value.join(',')}}'`)
    }
  }
}
