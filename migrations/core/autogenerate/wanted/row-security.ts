import type { Catalog } from '../../difference/index.ts'
import { silentOf } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { qualifiedName } from '../../postgres/index.ts'
import type { ModelInput } from './input.ts'

/**
 * Models that cannot declare policies do not say that a table has row security either, and none but SQL says that it is
 * forced on the owner. To follow them would open the rows, which nobody means.
 * @throws MigError `row-security` (exit 4)
 */
export function expectRowSecurity(
  { models, lines, filter, excludes }: Pick<ModelInput, 'excludes' | 'filter' | 'lines' | 'models'>,
  base: Pick<Catalog, 'facts'>,
  wanted: Pick<Catalog, 'facts'>,
): void {
  const silent = new Map(
    lines.flatMap(({ key, schema }) => (filter.includes(key) ? [[schema, silentOf(models, key)]] : [])),
  )
  const statements = base.facts.facts().flatMap(({ id, payload }) => {
    const next = wanted.facts.get(id)
    if (id.kind !== 'table' || next === undefined) return []
    const kinds = silent.get(id.schema)
    if (kinds === undefined || excludes({ kind: 'table', schema: id.schema, name: id.name })) return []
    const opens = payload.rowSecurity === true && next.payload.rowSecurity !== true
    const frees = payload.forceRowSecurity === true && next.payload.forceRowSecurity !== true
    const table = qualifiedName(id.schema, id.name)
    return [
      ...(opens && kinds.has('policy') ? [`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`] : []),
      // Where row security ends on purpose, nothing is left to force.
      ...(frees && kinds.size > 0 && (!opens || kinds.has('policy'))
        ? [`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`]
        : []),
    ]
  })
  if (statements.length === 0) return
  throw new MigError(
    'row-security',
    'the database has row security that the models cannot declare; to follow them would open the rows',
    {
      help: `declare it in an SQL model beside them, with their silentOn, such as { path: 'models/needed.sql', silentOn }:\n${statements.map((sql) => `  ${sql};`).join('\n')}\nto end it: just mig-revision "…"`,
      exitCode: exitCodes.decisionNeeded,
      facts: { statements },
    },
  )
}
