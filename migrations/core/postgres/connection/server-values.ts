import type { DatabaseError } from 'pg'

/** An error of the server in two parts: what may be kept anywhere, and what may hold values of rows. */
export interface ToldError {
  readonly message: string
  readonly detail?: string
  readonly hint?: string
  readonly where?: string
  /** What was left out of the above, by field. */
  readonly withheld: Readonly<Record<string, string>>
}

/**
 * Divides an error of the server by where values of rows can be (manual, 53.8 and appendix A). PostgreSQL's own
 * messages of the classes in `valueFree` name objects only; details of constraint violations show rows; text that a
 * function raises can hold anything, unless the statement itself has it word for word.
 * @param sql the statement that was sent
 */
export function toldError(error: DatabaseError, sql?: string): ToldError {
  const { code = '', message, detail, hint, where } = error
  const isSafe = isValueFree(error, sql)
  const [context, moreContext] = contextOf(where)
  const withheld: Record<string, string> = {}
  const keep = (field: string, text: string | undefined, may: boolean) => {
    if (text === undefined || text === '') return {}
    if (may) return { [field]: text }
    withheld[field] = text
    return {}
  }
  const short = isSafe ? message : (withoutInput(error) ?? namedCondition(error))
  if (short !== message) withheld.message = message
  const told = {
    message: short,
    ...keep('detail', detail, isSafe && !valuesInDetail.has(code.slice(0, 2))),
    ...keep('hint', hint, isSafe || !isRaised(error)),
    ...keep('where', context, true),
  }
  keep('where', moreContext, false)
  return { ...told, withheld }
}

/** Classes whose messages name objects, settings and limits, never a value. */
const valueFree = new Set(
  ['08', '0A', '21', '23', '24', '25', '26', '28', '2B', '2D', '34', '3B', '3D', '3F'].concat([
    '40',
    '42',
    '44',
    '53',
    '54',
    '55',
    '57',
    '58',
    'F0',
  ]),
)

const valuesInDetail = new Set(['22', '23', '44'])

const safeTexts =
  /^(?:division by zero|query returned (?:no rows|more than one row)|numeric field overflow|[a-z]+ out of range|value too long for type [a-z ]+\(\d+\))$/

function isValueFree(error: DatabaseError, sql: string | undefined): boolean {
  const { code = '', message } = error
  if (isRaised(error)) return message.startsWith('just-mig: ') || (sql?.includes(message) ?? false)
  if (valueFree.has(code.slice(0, 2))) return !isOfBuiltStatement(error)
  return safeTexts.test(message)
}

/** Functions of the server whose errors have texts that somebody else wrote: RAISE, ASSERT, a remote server, other PLs. */
function isRaised({ routine = '', code = '' }: DatabaseError): boolean {
  return (
    /^(?:exec_stmt_raise|exec_stmt_assert|pgfdw_|PLy_|plperl|pltcl|throw_)/i.test(routine) ||
    ['P0001', 'P0004'].includes(code)
  )
}

/** A syntax error in a statement that a function put together, as from values of rows. */
function isOfBuiltStatement({ code = '', internalQuery, where = '' }: DatabaseError): boolean {
  if (internalQuery === undefined || !code.startsWith('42')) return false
  return !/^PL\/pgSQL function .* line \d+ at (?:SQL statement|assignment|IF|PERFORM|RETURN)/.test(where)
}

/** `invalid input syntax for type integer: "ada"` without what follows the type. */
function withoutInput(error: DatabaseError): string | undefined {
  if (isRaised(error)) return undefined
  return /^invalid input (?:syntax for type|value for enum) [\w ."[\]]{1,200}(?=: "|$)/.exec(
    error.message,
  )?.[0]
}

function namedCondition(error: DatabaseError): string {
  const { code = '', schema, table, column, constraint, dataType } = error
  const relation = table === undefined ? undefined : [schema, table].filter(Boolean).join('.')
  const fields = Object.entries({ table: relation, column, constraint, type: dataType }).flatMap(
    ([name, value]) => (value === undefined ? [] : [`${name} ${value}`]),
  )
  return [conditionName(code), ...fields].join(', ')
}

const contextLine = /^PL\/pgSQL function [^'\n]{1,300} line \d+ at [A-Za-z ]+$/

/** Places in functions, up to the first line that shows a statement or a value, and what follows. */
function contextOf(where: string | undefined): readonly [string | undefined, string | undefined] {
  if (where === undefined) return [undefined, undefined]
  const lines = where.split('\n')
  const end = lines.findIndex((line) => !contextLine.test(line))
  const cut = end === -1 ? lines.length : end
  const part = (some: readonly string[]) => (some.length === 0 ? undefined : some.join('\n'))
  return [part(lines.slice(0, cut)), part(lines.slice(cut))]
}

/**
 * Names of SQLSTATEs that stand in for a message which may hold values of rows (manual, appendix A). A code that is
 * not here has the name of its class.
 */
const names: Readonly<Record<string, string>> = {
  '22001': 'string data right truncation',
  '22003': 'numeric value out of range',
  '22004': 'null value not allowed',
  '22007': 'invalid datetime format',
  '22008': 'datetime field overflow',
  '22012': 'division by zero',
  '22021': 'character not in repertoire',
  '22023': 'invalid parameter value',
  '22025': 'invalid escape sequence',
  '22026': 'string data length mismatch',
  '2202E': 'array subscript error',
  '22032': 'invalid JSON text',
  '22033': 'invalid SQL/JSON subscript',
  '2203A': 'SQL/JSON member not found',
  '22P01': 'floating point exception',
  '22P02': 'invalid text representation',
  '22P03': 'invalid binary representation',
  '22P04': 'bad copy file format',
  '22P05': 'untranslatable character',
  '23502': 'not null violation',
  '23503': 'foreign key violation',
  '23505': 'unique violation',
  '23514': 'check violation',
  '23P01': 'exclusion violation',
  '42601': 'syntax error',
  '42703': 'undefined column',
  '42P01': 'undefined table',
  '44000': 'with check option violation',
  P0001: 'raised exception',
  P0004: 'assert failure',
}

const classes: Readonly<Record<string, string>> = {
  '02': 'no data',
  '0A': 'feature not supported',
  '21': 'cardinality violation',
  '22': 'data exception',
  '23': 'integrity constraint violation',
  '38': 'external routine exception',
  '39': 'external routine invocation exception',
  '40': 'transaction rollback',
  '42': 'syntax error or access rule violation',
  '53': 'insufficient resources',
  '54': 'program limit exceeded',
  '55': 'object not in prerequisite state',
  '57': 'operator intervention',
  '58': 'system error',
  HV: 'error of a foreign data wrapper',
  P0: 'PL/pgSQL error',
  XX: 'internal error of the server',
}

/** The condition that an SQLSTATE stands for, in words. */
function conditionName(sqlState: string): string {
  return names[sqlState] ?? classes[sqlState.slice(0, 2)] ?? 'error of the database'
}
