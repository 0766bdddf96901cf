import { MigError } from '../../errors.ts'
import type { LineFilter } from '../graph/names.ts'
import type { RevisionNode } from '../graph/nodes.ts'

/**
 * Refuses a downgrade that would also take away revisions it may not touch.
 * @param goes all that would go
 * @throws MigError `needed-by-other-line`, with the command that takes those away
 */
export function refuseOtherLines(
  goes: ReadonlySet<RevisionNode>,
  allowed: (node: RevisionNode) => boolean,
  scope: LineFilter,
  text: string,
): void {
  const others = [...goes].filter((node) => !allowed(node))
  const [other] = others
  if (other === undefined) return
  const need = other.needs.find((node) => goes.has(node)) ?? other
  const lines = [...new Set(others.map((node) => node.line))]
  const isFixed = !/^(.*@)?(base|current|[+-]\d+)$/.test(text)
  const wider = [...new Set([...scope.lines, ...lines])].join(',')
  const help =
    isFixed && scope.filtered
      ? `revert both: just mig-downgrade ${text} ${wider}`
      : `revert it first: ${lines.map((line) => `just mig-downgrade ${lowestTarget(others, line)} ${line}`).join('; ')}`
  throw new MigError(
    'needed-by-other-line',
    `revision ${other.id} of line ${other.line} depends on ${need.id} of line ${need.line}, which would be reverted`,
    { help, facts: { revisions: others.map((node) => node.id), lines, target: text } },
  )
}

/** What to downgrade a line to, so that none of `others` is left in it. */
function lowestTarget(others: readonly RevisionNode[], line: string): string {
  const inLine = others.filter((node) => node.line === line)
  const lowest = inLine.find((node) => !node.parents.some((parent) => inLine.includes(parent)))
  return lowest?.parents[0]?.id ?? 'base'
}
