import { MigError } from '../../errors.ts'
import type { RevisionNode } from '../graph/nodes.ts'

/**
 * Refuses a downgrade that would revert a revision whose file says that nothing does.
 * @param order what goes, in its order
 * @throws MigError `irreversible`, with the first of them, its reason, and how far down the way is open
 */
export function refuseIrreversible(order: readonly RevisionNode[]): void {
  const kept = order.filter((node) => node.spec.irreversible !== undefined)
  const [first] = kept
  if (first === undefined) return
  const { id, line, spec } = first
  const inLine = line === '' ? '' : ` ${line}`
  const where = line === '' ? '' : ` of line ${line}`
  const reach = order[0] === first ? '' : `downgrade to it at most: just mig-downgrade ${id}${inLine}; `
  throw new MigError('irreversible', `revision ${id}${where} cannot be reverted: ${spec.irreversible}`, {
    help: `${reach}to go below it, restore a backup, or undo it by hand and tell the ledger: just mig-stamp ${first.parents[0]?.id ?? 'base'}${inLine}`,
    facts: { revision: id, reason: spec.irreversible, revisions: kept.map((node) => node.id) },
    ...('path' in spec && typeof spec.path === 'string' ? { place: { file: spec.path } } : {}),
  })
}
