import { MigError } from '../errors.ts'
import { databaseError, madeName } from '../postgres/index.ts'
import { besideFailure, failuresOf, isUndefined } from './failures.ts'
import type { ModelStatement } from './model.ts'
import { outsideName, type Waiting } from './outside-name.ts'
import { linePlace, where } from './place.ts'
import { type ModelSchemas, schemaInTenantModel, tenantLineOf } from './tenant-schema.ts'

const duplicateStates = new Set(['42P07', '42710', '42723'])

const insufficientPrivilege = '42501'

/** A column can be there twice, too. */
const cutStates = new Set([...duplicateStates, '42701'])

/** What is wrong with models, by the statements that still fail when all others have run. */
export function loadError(
  left: readonly Waiting[],
  made: ReadonlyMap<string, ModelStatement>,
  statements: readonly ModelStatement[],
  map: ModelSchemas,
): MigError {
  const failures = failuresOf(left)
  const { causes } = failures
  const { statement, error } =
    causes.find((each) => duplicateStates.has(each.error.code ?? '')) ??
    causes.find((each) => !isUndefined(each.error)) ??
    first(causes)
  const shown = databaseError(error, { sql: statement.sql, file: statement.file })
  const place = { ...shown.place, ...linePlace(statement) }
  const name = madeName(statement.sql)
  const other = name === undefined ? undefined : made.get(name)
  const cut = cutStates.has(error.code ?? '')
    ? cutTogether(
        statement.sql,
        statements.map(({ sql }) => sql),
      )
    : undefined
  if (cut !== undefined) {
    const [one, two] = cut
    return new MigError(
      'names-cut',
      `${one} and ${two} are the same name to PostgreSQL, which truncates names to 63 bytes (${where(statement)})`,
      { help: 'give only one of them a shorter name', place, facts: { names: cut } },
    )
  }
  if (duplicateStates.has(error.code ?? '') && other !== undefined) {
    return new MigError(
      'duplicate-model',
      `${name} is defined twice: in ${where(other)} and in ${where(statement)}`,
      {
        help: 'keep one of the two definitions',
        place,
        facts: { object: name, files: [other.file, statement.file] },
      },
    )
  }
  const outside = outsideName(causes, Object.values(map.schemas))
  if (outside !== undefined) {
    const { name: missing, statement: from } = outside
    const line = tenantLineOf(missing, map)
    if (line !== undefined) return schemaInTenantModel(line, missing, from)
    return new MigError(
      'no-surroundings',
      `${where(from)} refers to ${missing}, which is in neither the models nor the scratch database${besideFailure(failures, from)}`,
      {
        help: 'copy what others own from the live database into surroundings.sql: just mig-surroundings',
        place: { file: from.file, statement: from.sql, ...linePlace(from) },
        facts: { object: missing },
      },
    )
  }
  return new MigError(
    'model-failed',
    `a model does not load: ${shown.message}${besideFailure(failures, statement)}`,
    {
      help: helpFor(statement, error),
      place,
      facts: { ...shown.facts, file: statement.file },
      cause: error,
    },
  )
}

function helpFor(statement: ModelStatement, error: Waiting['error']): string {
  if (error.code === insufficientPrivilege)
    return `only a superuser may create this: remove ${where(statement)} from the models, write it by hand (just mig-revision "…"), and exclude it in env.ts`
  const named = isUndefined(error)
    ? ', or add the file that creates what it refers to to "models" in env.ts'
    : ''
  return `fix ${where(statement)}${named}`
}

function first<T>(items: readonly T[]): T {
  const [item] = items
  if (item === undefined) throw new RangeError('an empty list has no first item')
  return item
}

/** How long a name may be, in bytes (NAMEDATALEN - 1). */
const longest = 63

/** Two names that PostgreSQL cuts to the same one, of which the statement has one; undefined where there are none. */
function cutTogether(sql: string, all: readonly string[]): readonly [string, string] | undefined {
  const known = all.flatMap(longNames)
  for (const name of longNames(sql)) {
    const other = known.find((each) => each !== name && cutName(each) === cutName(name))
    if (other !== undefined) return known.indexOf(name) < known.indexOf(other) ? [name, other] : [other, name]
  }
  return undefined
}

function longNames(sql: string): readonly string[] {
  return [...sql.matchAll(/"((?:[^"]|"")+)"|[\w$]+/g)].flatMap(([word, quoted]) => {
    const name = quoted ?? word
    return Buffer.byteLength(name) > longest ? [name] : []
  })
}

function cutName(name: string): string {
  return Buffer.from(name).subarray(0, longest).toString('utf8')
}
