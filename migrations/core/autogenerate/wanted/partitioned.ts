import { type Catalog, partitionRoot } from '../../difference/index.ts'
import { silentOf } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { ModelInput } from './input.ts'

/**
 * Models of an ORM declare a partitioned table as a plain one, since they cannot say how it is partitioned. To follow them
 * would copy all its rows and drop its partitions, which nobody means.
 * @throws MigError `partitioned-table` (exit 4)
 */
export function expectPartitioned(
  { models, lines, filter, excludes }: Pick<ModelInput, 'excludes' | 'filter' | 'lines' | 'models'>,
  base: Pick<Catalog, 'facts'>,
  wanted: Pick<Catalog, 'facts'>,
): void {
  const ofOrms = new Set(
    lines
      .filter(({ key }) => filter.includes(key) && silentOf(models, key).size > 0)
      .map(({ schema }) => schema),
  )
  const names = base.facts.facts().flatMap(({ id, payload }) => {
    if (id.kind !== 'table' || !ofOrms.has(id.schema) || payload.partitionKey == null) return []
    const next = wanted.facts.get(id)
    if (next === undefined || next.payload.partitionKey != null) return []
    return excludes({ kind: 'table', schema: id.schema, name: id.name }) ? [] : [`${id.schema}.${id.name}`]
  })
  if (names.length === 0) return
  const left = base.facts.facts().flatMap(({ id }) => {
    if (id.kind !== 'table') return []
    const root = partitionRoot(base, id)
    return names.includes(`${root.schema}.${root.name}`) ? [`'${id.schema}.${id.name}'`] : []
  })
  throw new MigError(
    'partitioned-table',
    `the database has ${names.join(', ')} partitioned, and the models, which cannot say so, as a plain table`,
    {
      help: `leave them out with their partitions, and change them by revisions of your own: excludeTables: [${left.join(', ')}] in env.ts, or patterns for partitions that are still to come`,
      exitCode: exitCodes.decisionNeeded,
      facts: { tables: names },
    },
  )
}
