import { type Action, type Catalog, relationOf } from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { constraintFacts, indexFacts } from '../../postgres/statement/index.ts'
import { recreateFlag } from '../questions/flags.ts'
import { pathText } from '../questions/names.ts'
import { sqlState } from './address.ts'
import { type CastDecisions, recreates } from './decisions.ts'
import type { TableId } from './set-aside.ts'
import type { Refusal } from './trial.ts'

/** A constraint that rows, which revisions made, do not keep. */
export interface RowViolation {
  readonly table: TableId
  readonly constraint: string
  /** The statement that takes the rows away; undefined where no condition says which they are. */
  readonly removal: string | undefined
}

const violationStates = new Set(['23503', '23505', '23514'])

/** What a refused constraint or unique index says of the rows that are there. */
function violationOf(
  { action, error }: Refusal,
  { facts }: Pick<Catalog, 'facts'>,
): RowViolation | undefined {
  // What VALIDATE CONSTRAINT looks at is there already.
  const [made] = [...action.produces, ...action.consumes.filter(({ kind }) => kind === 'constraint')]
  if (made === undefined || !('name' in made) || !violationStates.has(sqlState(error) ?? '')) return undefined
  const table = [made, ...action.consumes].map((id) => relationOf(id)).find((id) => id !== undefined)
  if (table === undefined) return undefined
  return {
    table: { kind: 'table', schema: table.schema, name: table.name },
    constraint: made.name,
    removal: removalOf(qualifiedName(table.schema, table.name), String(facts.get(made)?.payload.def)),
  }
}

/** The error that lists the constraints that such rows break, or undefined when there are none left to decide. */
export function undecidedViolations(
  refused: readonly Refusal[],
  casts: CastDecisions,
  wanted: Pick<Catalog, 'facts'>,
): MigError | undefined {
  const open = refused.flatMap((refusal) => {
    const violation = violationOf(refusal, wanted)
    if (violation === undefined) return []
    const table = pathText([violation.table.schema, violation.table.name])
    return recreates(casts, table) ? [] : [{ ...violation, table, error: refusal.error.message }]
  })
  const [first] = open
  if (first === undefined) return undefined
  const otherwise = `change the rows in a revision before this one (just mig-revision "…"), or let them be deleted: ${recreateFlag(first.table)}`
  return new MigError(
    'decision-needed',
    `rows that earlier revisions inserted break what is added:\n${open.map(({ table, constraint, error }) => `  ${table}.${constraint}: ${error}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: otherwise,
      facts: {
        violations: open.map(({ table, constraint, error }) => ({ table, constraint, error })),
        otherwise,
      },
    },
  )
}

/** Takes away the rows that keep a constraint from being added, where a person said that they may go. */
export function withoutViolating(
  refusal: Refusal,
  casts: CastDecisions,
  wanted: Pick<Catalog, 'facts'>,
): readonly Action[] | undefined {
  const violation = violationOf(refusal, wanted)
  if (violation?.removal === undefined) return undefined
  const { table } = violation
  if (!recreates(casts, pathText([table.schema, table.name]))) return undefined
  const removal: Action = {
    ...refusal.action,
    sql: violation.removal,
    produces: [],
    consumes: [table],
    losesData: true,
    verb: 'alter',
  }
  return [removal, refusal.action]
}

function removalOf(table: string, definition: string): string | undefined {
  const constraint = constraintFacts(definition)
  const { references, expression } = constraint ?? {}
  if (expression !== undefined) return `DELETE FROM ${table} WHERE NOT (${expression})`
  if (constraint !== undefined && references !== undefined) {
    const columns = constraint.columns.map(quoteIdent)
    const given = columns.map((column) => `t.${column} IS NOT NULL`).join(' AND ')
    const keys = references.columns.map(quoteIdent)
    const found = columns.map((column, index) => `r.${keys[index] ?? ''} = t.${column}`).join(' AND ')
    const target = qualifiedName(references.table.schema ?? '', references.table.name)
    return `DELETE FROM ${table} t WHERE ${given} AND NOT EXISTS (SELECT FROM ${target} r WHERE ${found})`
  }
  const index = indexFacts(definition)
  const unique = index?.isUnique === true && !index.isPartial ? index.columns : constraint?.columns
  if (unique === undefined || unique.length === 0) return undefined
  const same = unique.map((column) => `t.${quoteIdent(column)} = o.${quoteIdent(column)}`).join(' AND ')
  return `DELETE FROM ${table} t USING ${table} o WHERE ${same} AND (t.tableoid, t.ctid) > (o.tableoid, o.ctid)`
}
