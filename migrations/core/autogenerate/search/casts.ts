import { type Action, plainZone, retypedColumn, withUsing } from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { recreateFlag, usingFlag } from '../questions/flags.ts'
import { columnText } from '../questions/names.ts'
import { sqlState } from './address.ts'
import { type CastDecisions, recreates } from './decisions.ts'
import { columnToFill } from './fill.ts'
import type { Refusal } from './trial.ts'

/**
 * Puts the expressions of `--using` into the type changes they are for: the first of each column, which has the values that
 * they speak of.
 * @param before actions that have run
 */
export function decideCasts(
  actions: readonly Action[],
  casts: CastDecisions,
  before: readonly Action[] = [],
): readonly Action[] {
  const used = new Set(
    before.flatMap((action) => (columnName(action) === undefined ? [] : (action.using ?? []))),
  )
  return actions.map((action) => {
    const name = columnName(action)
    if (name === undefined) return action
    const given = used.has(name) ? undefined : casts.using[name]
    used.add(name)
    const expression = given ?? downgradeCast(name, action.sessionCast, casts)
    if (expression === undefined) return action
    const { sessionCast: _, ...rest } = action
    const sql = withUsing(action.sql, expression)
    return given === undefined ? { ...rest, sql } : { ...rest, sql, castRisk: 'none', using: [name] }
  })
}

/** A cast back that does not depend on the session, with the time zone that the upgrade named. */
export function downgradeCast(
  column: string,
  sessionCast: string | undefined,
  { there }: CastDecisions,
): string | undefined {
  if (sessionCast === undefined || there === undefined) return undefined
  const zone = /AT TIME ZONE ('(?:[^']|'')+')/i.exec(there[column] ?? '')?.[1]
  return zone === undefined ? sessionCast : sessionCast.replaceAll(plainZone, () => zone)
}

/** The error that lists the type changes whose result would depend on the session, or undefined when there are none. */
export function undecidedSessions(actions: readonly Action[], casts: CastDecisions): MigError | undefined {
  const open = actions.flatMap((action) => {
    const [name, { sessionCast }] = [columnName(action), action]
    const isOpen = name !== undefined && sessionCast !== undefined && !recreates(casts, name)
    return isOpen ? [{ name, sessionCast }] : []
  })
  return open.length === 0 ? undefined : sessionDecision(open)
}

/** The error for casts that depend on the session. */
export function sessionDecision(
  open: readonly { readonly name: string; readonly sessionCast: string }[],
): MigError {
  const flags = open.map(({ name, sessionCast }) => usingFlag(name, sessionCast))
  const otherwise = `${recreateFlag(open[0]?.name ?? '')} drops and adds the column, and its data is lost`
  const why = (sessionCast: string) =>
    `its values depend on the session (time zone, DateStyle); this form does not: ${sessionCast}`
  return new MigError(
    'decision-needed',
    `type changes whose result depends on settings of the session, such as its time zone or DateStyle:\n${open.map(({ name }) => `  ${name}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say how: ${flags.join(' ')}; ${otherwise}`,
      facts: {
        flags,
        otherwise,
        casts: open.map(({ name, sessionCast }) => ({
          column: name,
          error: why(sessionCast),
          using: sessionCast,
        })),
      },
    },
  )
}

/** The error that lists the type changes without a cast, or undefined when there are none. */
export function undecidedCasts(refused: readonly Refusal[], casts: CastDecisions): MigError | undefined {
  const open = refused.flatMap(({ action, error }) => {
    const name = columnName(action)
    return name !== undefined && failsToCast(error) && !recreates(casts, name) ? [{ name, error }] : []
  })
  const first = open[0]
  if (first === undefined) return undefined
  const list = open.map(({ name, error }) => `  ${name}: ${error.message}`).join('\n')
  const flags = open.map(({ name }) => usingFlag(name))
  const otherwise = `${recreateFlag(first.name)} drops and adds the column, and its data is lost ('*' for all)`
  return new MigError(
    'decision-needed',
    `${open.length === 1 ? 'a type change has' : 'type changes have'} no cast, or one that fails for rows that earlier revisions inserted:\n${list}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say how: ${flags.join(' ')}; ${otherwise}`,
      facts: {
        casts: open.map(({ name, error }) => ({ column: name, error: error.message })),
        flags,
        otherwise,
      },
    },
  )
}

/**
 * Whether a type change was refused for its cast: PostgreSQL has none (cannot_coerce), or a row's value is not one of the
 * new type (class 22, data exception), as where an enum loses a value.
 */
export function failsToCast(error: Error): boolean {
  const state = sqlState(error) ?? ''
  return state === '42846' || state.startsWith('22')
}

/** The error that lists the columns that become NOT NULL though rows, which revisions made, have no value there. */
export function undecidedFills(refused: readonly Refusal[], casts: CastDecisions): MigError | undefined {
  const open = refused.flatMap((refusal) => {
    const name = columnToFill(refusal)
    return name !== undefined && (casts.fill ?? casts.using)[name] === undefined ? [name] : []
  })
  if (open.length === 0) return undefined
  const flags = open.map((name) => usingFlag(name))
  const otherwise = `or give ${open.join(', ')} a default`
  return new MigError(
    'decision-needed',
    `rows that earlier revisions inserted would have no value in what becomes NOT NULL, in the upgrade or the downgrade:\n${open.map((name) => `  ${name}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say which value they get: ${flags.join(' ')}; ${otherwise}`,
      facts: { fills: open, flags, otherwise },
    },
  )
}

function columnName(action: Action): string | undefined {
  const column = retypedColumn(action)
  return column !== undefined ? columnText(column) : undefined
}
