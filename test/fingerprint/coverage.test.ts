import type { ClientBase } from 'pg'
import { expect, test } from 'vitest'
import { readAnnotations } from '../../migrations/core/postgres/fingerprint/annotations.ts'
import { families } from '../../migrations/core/postgres/fingerprint/families/index.ts'
import { knownCatalogs } from '../../migrations/core/postgres/fingerprint/known-catalogs.ts'
import { readRows } from '../../migrations/core/postgres/fingerprint/sql.ts'

/** Columns that no statement names, by what brings them or why they are not structure. */
const others: Readonly<Record<string, string>> = {
  'pg_get_constraintdef, pg_get_expr': `confrelid confupdtype confdeltype confmatchtype confkey conpfeqop conppeqop
    conffeqop conbin confdelsetcols conenforced conperiod`,
  pg_get_indexdef: 'indkey indexprs',
  pg_get_partkeydef: 'partrelid partstrat partnatts partattrs partclass partcollation partexprs',
  'pg_get_function_arguments, pg_get_function_result': `provariadic proretset pronargs pronargdefaults prorettype
    proallargtypes proargmodes proargnames proargdefaults`,
  'pg_get_ruledef, pg_get_viewdef': 'ev_type is_instead ev_qual ev_action',
  pg_get_statisticsobjdef_columns: 'stxexprs',
  pg_get_triggerdef: `tgtype tgconstrrelid tgconstrindid tgdeferrable tginitdeferred tgnargs tgattr tgargs tgqual
    tgoldtable tgnewtable`,
  'to_jsonb of the row': `collprovider collisdeterministic collcollate collctype colliculocale collicurules
    colllocale`,
  'the operator itself': 'amoplefttype amoprighttype amopmethod oprkind',
  'other columns or rows say the same': `attlen attbyval attalign relnatts relchecks relhasindex relhasrules
    relhastriggers relhassubclass indisprimary indisexclusion indimmediate partdefid extrelocatable`,
  'the state of data or of an operation, not structure': `attcacheoff atthasmissing attmissingval relfilenode relpages
    reltuples relallvisible relallfrozen relisshared relispopulated relrewrite relfrozenxid relminmxid indcheckxmin
    indisready indislive`,
  'the script of the extension': 'extconfig extcondition',
  'no ALTER TABLE changes it of a child': 'attislocal conislocal',
  'PostgreSQL does not hold a value to it, nor does a dump': 'attndims typndims',
}

test('every column of the catalogs is read, or there is a reason why not', async () => {
  const statements: string[] = []
  const client = {
    query: async (text: string) => {
      statements.push(text)
      return { rows: [] }
    },
  } as unknown as ClientBase
  const inventory = new Map([...knownCatalogs().keys()].map((catalog) => [catalog, [1]]))
  const options = { relative: false, columnOrder: true, privileges: true, owners: true }
  const scope = { schemas: ['app'], version: 18, inventory, ...options }
  await readRows(
    client,
    scope,
    families.flatMap(({ selects }) => selects(scope)),
  )
  await readAnnotations(client, scope, [])
  const read = new Set(statements.join('\n').match(/\w+/g))
  const explained = Object.values(others).flatMap((names) => names.split(/\s+/))
  const columns = [...knownCatalogs()].flatMap(([, names]) => [...names])
  expect(columns.filter((column) => !read.has(column) && !explained.includes(column))).toEqual([])
  expect(explained.filter((column) => read.has(column) || !columns.includes(column))).toEqual([])
})
