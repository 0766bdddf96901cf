import { exitCodes, MigError } from '../../errors.ts'
import { tableChange } from '../../postgres/statement/index.ts'
import { sqlState } from './address.ts'
import type { Refusal } from './trial.ts'

/**
 * The error that lists renames of columns that a table has from several parents, which PostgreSQL makes of none of them
 * (`cannot rename inherited column`); undefined where there is no such rename.
 */
export function refusedRenames(refused: readonly Refusal[]): MigError | undefined {
  const shared = refused.filter(
    // invalid_table_definition
    ({ action, error }) => tableChange(action.sql)?.kind === 'rename column' && sqlState(error) === '42P16',
  )
  if (shared.length === 0) return undefined
  const list = shared.map(({ action, error }) => `  ${error.message}: ${action.sql}`)
  return new MigError(
    'decision-needed',
    `PostgreSQL cannot rename a column that a table inherits from several parents:\n${list.join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: 'rename it by hand (just mig-revision "…"): ALTER TABLE … NO INHERIT all parents but one, RENAME COLUMN in each, ALTER TABLE … INHERIT; with --renames=off it is dropped and added, without its data',
      facts: { refused: shared.map(({ action, error }) => ({ sql: action.sql, error: error.message })) },
    },
  )
}
