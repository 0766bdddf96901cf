import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import type { Fingerprint } from '../../postgres/fingerprint/index.ts'
import type { Project } from '../../runner/index.ts'
import type { LineTarget } from '../../scratch/lines.ts'
import { modelKeys } from '../../sources/index.ts'
import type { ModelInput } from './input.ts'

/**
 * Refuses to take tables away because a model file is gone: a line whose schema has tables, which no model makes
 * anything in, and that has no file of its own either. An empty file says that nothing is wanted.
 * @param tablesIn where the tables are looked for
 * @param wanted what the models make, by schema key or of all lines
 * @throws MigError `no-models-of-key`
 */
export async function expectModels(
  tablesIn: TablesIn,
  input: Pick<ModelInput, 'lines' | 'filter' | 'models' | 'modelsDir' | 'excludes'>,
  wanted: (key: string) => Fingerprint | undefined,
): Promise<void> {
  const { lines, filter, models, modelsDir, excludes } = input
  const sources = await modelKeys(models)
  const bare = lines.filter(
    ({ key, schema, tenant }) =>
      filter.includes(key) && !tenant && !sources.has(key) && !makesAnything(wanted(key), schema),
  )
  if (bare.length === 0) return
  const tables = (await tablesIn(bare)).filter(
    ({ schema, name }) => !excludes({ kind: 'table', schema, name }),
  )
  const found = bare.find(({ schema }) => tables.some((table) => table.schema === schema))
  if (found === undefined) return
  const names = tables.filter(({ schema }) => schema === found.schema).map(({ name }) => name)
  const shown = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`
  throw new MigError(
    'no-models-of-key',
    `key ${found.key} has no models, and schema ${found.schema} has tables (${shown}), which would all be dropped`,
    {
      help: `${models.declared ? `name a source for it in "models" of env.ts` : `write ${found.key}.sql into ${modelsDir}`}: an empty one means that the schema is to be empty; or name the other keys: just mig-check ${filter.filter((key) => key !== found.key).join(',')}`,
      facts: { key: found.key, schema: found.schema, tables: names },
    },
  )
}

/** The tables of lines. */
type TablesIn = (
  lines: readonly LineTarget[],
) => Promise<readonly { readonly schema: string; readonly name: string }[]>

/** The tables of lines in a live database. */
export function tablesOf(live: ClientBase): TablesIn {
  return async (lines) => {
    const { rows } = await live.query<{ schema: string; name: string }>(tablesQuery, [
      lines.map(({ schema }) => schema),
    ])
    return rows
  }
}

/** What stands for the tables of lines that have revisions, where no database is looked at. */
export function tablesOfHistory({ graph }: Pick<Project, 'graph'>): TablesIn {
  return (lines) =>
    Promise.resolve(
      lines
        .filter(({ key }) => graph.heads({ lines: [key] }).length > 0)
        .map(({ schema }) => ({ schema, name: 'those of its revisions' })),
    )
}

function makesAnything(wanted: Fingerprint | undefined, schema: string): boolean {
  return [...(wanted?.objects.values() ?? [])].some(
    (object) => object.schema === schema && object.kind !== 'schema',
  )
}

const tablesQuery = `
  SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind IN ('r', 'p', 'f') AND n.nspname = ANY ($1::text[])
     AND NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
   ORDER BY c.relname`
