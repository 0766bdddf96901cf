import { MigError } from '../../errors.ts'
import type { AppliedRows } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import { makePlan, type Plan } from './plan.ts'

/**
 * The plan of a range `a:b`, from files alone: an upgrade when `b` stands above `a`, a downgrade when it stands
 * below; `base` and an empty side count, as in Alembic's `--sql a:b`.
 * @throws MigError `bad-range`, and as the graph does for names that it does not know.
 */
export function planRange(project: Project, range: string): Plan {
  const [from = '', to = '', ...more] = range.split(':').map((side) => side.trim())
  if (more.length > 0)
    throw new MigError('bad-range', `${JSON.stringify(range)} is not a range`, {
      help: 'write a:b, as in base:head',
    })
  const start = from === '' || from === 'base' ? new Map<string, readonly string[]>() : rowsAt(project, from)
  const target = to === '' ? 'head' : to
  const direction = target === 'base' || standsBelow(project, target, start) ? 'downgrade' : 'upgrade'
  return makePlan(project, { applied: start, entries: [] }, { direction, target })
}

/** The ledger's rows that a stamp of `target` on empty schemas would leave. */
function rowsAt(project: Project, target: string): AppliedRows {
  const { env, files, graph } = project
  const ids = graph.planStamp({ applied: [], target, lines: env.filter })
  const rows = new Map<string, string[]>()
  for (const id of ids) {
    const schema = env.schemas[files.get(id)?.line ?? '']
    if (schema !== undefined) rows.set(schema, [...(rows.get(schema) ?? []), id].sort())
  }
  return rows
}

function standsBelow(project: Project, target: string, start: AppliedRows): boolean {
  if (/^(heads?|[+].*)$/.test(target)) return false
  if (/^-\d+$/.test(target)) return true
  const id = project.graph.resolve(target)
  const rows = [...start.values()].flat()
  return id !== null && !rows.includes(id) && project.graph.ancestors(rows).includes(id)
}
