import { MigError } from '../errors.ts'
import { databaseError, madeName } from '../postgres/index.ts'
import { regexEscape } from '../regex-escape.ts'
import type { ModelStatement } from './model.ts'
import { isUndefined, outsideName, type Waiting } from './outside-name.ts'
import { placeOf, where } from './place.ts'
import { type ModelSchemas, schemaInTenantModel, tenantLineOf } from './tenant-schema.ts'

const duplicateStates = new Set(['42P07', '42710', '42723'])

const insufficientPrivilege = '42501'

/** What is wrong with models, by the statements that still fail when all others have run. */
export function loadError(
  left: readonly Waiting[],
  made: ReadonlyMap<string, ModelStatement>,
  map: ModelSchemas,
): MigError {
  const failures = failuresOf(left)
  const { causes } = failures
  const told =
    causes.find((each) => duplicateStates.has(each.error.code ?? '')) ??
    causes.find((each) => !isUndefined(each.error)) ??
    causes[0]
  if (told === undefined) throw new RangeError('no statement fails')
  const { statement, error } = told
  const shown = databaseError(error, { sql: statement.sql, file: statement.file })
  const place = { ...shown.place, line: placeOf(statement).line ?? shown.place?.line }
  const name = madeName(statement.sql)
  const other = name === undefined ? undefined : made.get(name)
  if (duplicateStates.has(error.code ?? '') && other !== undefined) {
    return new MigError(
      'duplicate-model',
      `${name} is defined twice: in ${where(other)} and in ${where(statement)}`,
      {
        help: `keep one of the two definitions${cutNames(name ?? '')}`,
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
        place: placeOf(from),
        facts: { object: missing },
      },
    )
  }
  return new MigError(
    'model-failed',
    `a model does not load: ${shown.message}${besideFailure(failures, statement)}`,
    {
      help: shown.help ?? helpFor(statement, error),
      place,
      facts: { ...shown.facts, file: statement.file },
      cause: error,
    },
  )
}

function helpFor(statement: ModelStatement, error: Waiting['error']): string {
  if (error.code === insufficientPrivilege)
    return `only a superuser may create this: remove ${where(statement)} from the models, write it by hand (just mig-revision "…"), and exclude it in env.ts`
  const added = statement.file.endsWith('.sql')
    ? 'the file that creates what it refers to'
    : "an SQL file that creates what it refers to, with the silentOn of the others, such as { path: 'models/needed.sql', silentOn },"
  const named = isUndefined(error) ? `, or add ${added} to "models" in env.ts` : ''
  return `fix ${where(statement)}${named}${cutNames(error.message)}`
}

/** NAMEDATALEN - 1 */
function cutNames(text: string): string {
  return /[^\s".]{63}/.test(text) ? '; PostgreSQL truncates names to 63 bytes: give it a shorter one' : ''
}

interface Failures {
  /** Those that fail for a reason of their own, at least one. */
  readonly causes: readonly Waiting[]
  /** Those that only lack what another one of them would have made. */
  readonly waits: readonly Waiting[]
}

/** Tells causes from what only waits for them. Where all wait for each other, each is a cause. */
function failuresOf(left: readonly Waiting[]): Failures {
  const made = left.flatMap(({ statement }) => {
    const name = madeName(statement.sql)?.split('.').at(-1)
    return name === undefined ? [] : [{ name: wholeName(name), statement }]
  })
  const waits = left.filter(
    ({ statement, error }) =>
      isUndefined(error) &&
      made.some((each) => each.statement !== statement && each.name.test(error.message)),
  )
  return waits.length === left.length
    ? { causes: left, waits: [] }
    : { causes: left.filter((each) => !waits.includes(each)), waits }
}

/** Which statements fail beside the one that is told, a line each, and how many only wait. */
function besideFailure({ causes, waits }: Failures, told: Waiting['statement']): string {
  const others = causes.filter(({ statement }) => statement !== told)
  const isSingle = causes.length === 1
  return [
    ...(others.length === 0 ? [] : [`${others.length} more ${others.length === 1 ? 'fails' : 'fail'}:`]),
    ...others.slice(0, mostShown).map(({ statement, error }) => `  ${where(statement)}: ${error.message}`),
    ...(others.length > mostShown ? [`  and ${others.length - mostShown} more`] : []),
    ...(waits.length === 0
      ? []
      : [
          `${waits.length} more ${waits.length === 1 ? 'waits' : 'wait'} only for what ${isSingle ? 'this one makes' : 'these make'}`,
        ]),
  ]
    .map((line) => `\n${line}`)
    .join('')
}

const mostShown = 5

/** The name in a server's message, which may be in any language, and not as a part of a longer one. */
function wholeName(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${regexEscape(name)}(?![\\p{L}\\p{N}_$])`, 'u')
}
