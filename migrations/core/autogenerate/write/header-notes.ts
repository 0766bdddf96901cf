import { setExpressionSince } from '../../difference/index.ts'
import { tableChange } from '../../postgres/statement/index.ts'
import { lossLine } from '../../revisions/index.ts'
import { objectNames } from '../search/recreated.ts'
import { demandNote } from './existing-rows.ts'
import type { Side } from './revision.ts'
import { staleNotes } from './stale-results.ts'

/**
 * The lines of a file's header that say what the revision does to a live system.
 * @param downgrade undefined where nothing reverts the revision
 */
export function headerNotes(upgrade: Side, downgrade: Side | undefined): readonly string[] {
  return [
    ...serverNotes(downgrade === undefined ? [upgrade] : [upgrade, downgrade]),
    ...upgrade.costs.locks.map(({ relation, lock }) => `Locks ${relation}: ${lock}`),
    ...upgrade.costs.rewrites.map(
      (relation) => `May rewrite ${relation}: the larger it is, the longer that takes`,
    ),
    ...upgrade.costs.demands.map(demandNote),
    ...upgrade.costs.dataLoss.map((loss) => lossLine('upgrade', loss)),
    ...(downgrade?.costs.dataLoss ?? []).map((loss) => lossLine('downgrade', loss)),
    ...(downgrade?.costs.demands ?? []).map((demand) => `Downgrade f${demandNote(demand).slice(1)}`),
    ...staleNotes(upgrade.costs.stale, downgrade?.costs.stale ?? []),
    ...upgrade.withoutRows.map(
      (name) => `Proved without rows: table ${name}; try it on a copy that has some`,
    ),
    ...(downgrade?.withoutRows ?? []).map(
      (name) => `Downgrade proved without rows: table ${name}; try it on a copy that has some`,
    ),
    ...objectNames(upgrade.kept).map((name) => `Drops ${name} and creates it again; its grants are kept`),
    ...upgrade.losesGrants.map(
      (name) => `Loses the grants of ${name}, which another revision creates again: add GRANT there`,
    ),
  ]
}

/** What the statements ask of the server, where older ones that are supported do not know them. */
function serverNotes(sides: readonly Side[]): readonly string[] {
  const statements = sides.flatMap(({ sections }) => sections.flatMap((section) => section.statements))
  const isUsed = statements.some((sql) => tableChange(sql)?.kind === 'set expression')
  return isUsed ? [`Needs PostgreSQL ${setExpressionSince} or newer: SET EXPRESSION`] : []
}
