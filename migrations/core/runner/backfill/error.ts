import { exitCodes, MigError } from '../../errors.ts'
import type { PlanStep } from '../plan/plan.ts'
import { mostPasses } from './spec.ts'
import type { BackfillShape } from './sql.ts'

/** `where` still finds the rows that were updated. */
export function stuck(step: PlanStep, { tableSql, where }: BackfillShape): MigError {
  return new MigError(
    'backfill-stuck',
    `the backfill of ${tableSql} would never end: updated rows still match its where (${where})`,
    {
      help: `write where so that a row stops matching once it is updated: just mig-edit ${step.revision}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** New rows came faster than the passes took them. */
export function neverDone(step: PlanStep, { tableSql }: BackfillShape): MigError {
  return new MigError(
    'backfill-never-done',
    `rows that need the backfill are still being added to ${tableSql}: some are left after ${mostPasses} passes`,
    {
      help: 'give new rows the value by a DEFAULT, a trigger or the application, then run the same command again',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** There is nothing to go through the table by. */
export function noKey(tableSql: string, missing: readonly string[]): MigError {
  const message =
    missing.length > 0
      ? `the backfill's key names ${missing.join(', ')}, which ${tableSql} does not have`
      : `${tableSql} has no primary key for the batches`
  return new MigError('no-key', message, {
    help: "name columns with a unique index: op.backfill({ …, key: ['id'] })",
    exitCode: exitCodes.stepFailed,
  })
}

/** A comparison with a key never finds these rows. */
export function nullKey(step: PlanStep, { tableSql, key }: BackfillShape): MigError {
  const columns = key.flatMap(({ name, nullable }) => (nullable ? [name] : [])).join(', ')
  return new MigError(
    'null-key',
    `rows of ${tableSql} that need the backfill have a NULL in its key (${columns}), so no batch would reach them`,
    {
      help: 'update these rows before it with op.execute, or choose NOT NULL columns: key: [...]',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}
