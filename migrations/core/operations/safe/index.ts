import type { StatementSink } from '../contract.ts'
import type { NameScope } from '../names.ts'
import { changeType } from './change-type.ts'
import { addCheck, addForeignKey, setNotNull } from './constraint.ts'
import { createIndex } from './indexes.ts'
import type { SafeStep } from './steps.ts'

/** The forms that keep a table usable while they run; each is a list of steps that can be run again. */
export const safeForms = { addForeignKey, addCheck, setNotNull, createIndex, changeType }

type SafeForms = typeof safeForms

/** `op.safe.<form>(…)`: each step in a transaction of its own. */
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
    for (const step of steps) {
      if ('backfill' in step) await sink.backfill(step.backfill)
      else await sink.autocommit(() => sink.execute(step))
    }
  }
  return {
    addForeignKey: async (...args) => await run(addForeignKey(scope, ...args)),
    addCheck: async (...args) => await run(addCheck(scope, ...args)),
    setNotNull: async (...args) => await run(setNotNull(scope, ...args)),
    createIndex: async (...args) => await run(createIndex(scope, ...args)),
    changeType: async (...args) => await run(changeType(scope, ...args)),
  }
}
