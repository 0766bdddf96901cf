import { runStatements, toldOnce } from '../acts.ts'
import type { Statement, StatementSink } from '../contract.ts'
import type { NameScope } from '../names.ts'
import { changeType } from './change-type.ts'
import { addCheck, addForeignKey, setNotNull } from './constraint.ts'
import { createIndex } from './indexes.ts'
import type { SafeStep } from './steps.ts'

/** The forms that keep a table usable while they run; each is a list of steps that can be run again. */
export const safeForms = { addForeignKey, addCheck, setNotNull, createIndex, changeType }

type SafeForms = typeof safeForms

/** `op.safe.<form>(…)`: each statement in a transaction of its own. */
export type SafeOperations = {
  readonly [Name in keyof SafeForms]: SafeForms[Name] extends (
    scope: NameScope,
    ...args: infer Args
  ) => unknown
    ? (...args: Args) => Promise<void>
    : never
}

/** The safe forms as functions that write to `sink`. */
export function safeOperations(sink: StatementSink, scope: NameScope): SafeOperations {
  const run = async (steps: readonly SafeStep[]) => {
    for (const section of sections(steps)) {
      if ('backfill' in section) await sink.backfill(section.backfill)
      else await sink.autocommit(() => runStatements(sink, section.statements))
    }
  }
  const forms = Object.entries(safeForms) as [string, (scope: NameScope, ...args: unknown[]) => SafeStep[]][]
  const acts = forms.map(([name, form]) => [
    name,
    toldOnce(async (...args: unknown[]) => await run(form(scope, ...args))),
  ])
  return Object.fromEntries(acts) as SafeOperations
}

type Section = { readonly statements: readonly Statement[] } | Extract<SafeStep, { backfill: unknown }>

/** The statements between two backfills together: leaving a transaction and opening the next has its price. */
function sections(steps: readonly SafeStep[]): readonly Section[] {
  const found: Section[] = []
  let statements: Statement[] = []
  for (const step of steps) {
    if ('backfill' in step) {
      found.push({ statements }, step)
      statements = []
    } else statements.push(step)
  }
  return [...found, { statements }]
}
