import { quoteLiteral } from '../../postgres/index.ts'
import { type ExtraKind, quoted, type Shown } from './kind.ts'

/**
 * The SET and RESET that lead from one list of storage parameters to another (manual, ALTER TABLE, "Storage Parameters").
 * @param target the start of the statement, as `ALTER TABLE "a"."t"`
 * @param from JSON array of `name=value`, or null for none
 * @param prefix of each name, as `toast.`
 */
export function optionChanges(
  target: string,
  from: string | null,
  to: string | null,
  prefix = '',
): readonly string[] {
  const old = readOptions(from)
  const wanted = readOptions(to)
  const gone = [...old.keys()].filter((name) => !wanted.has(name))
  const set = [...wanted].filter(([name, value]) => old.get(name) !== value)
  const settings = set.map(([name, value]) => `${prefix}${name} = ${quoteLiteral(value)}`)
  return [
    ...(gone.length > 0 ? [`${target} RESET (${gone.map((name) => `${prefix}${name}`).join(', ')})`] : []),
    ...(set.length > 0 ? [`${target} SET (${settings.join(', ')})`] : []),
  ]
}

/** `fillfactor=70, autovacuum_enabled=false` */
export const optionsText: Shown = (json) =>
  [...readOptions(json)].map(([name, value]) => `${name}=${value}`).join(', ') || 'none'

function readOptions(json: string | null): ReadonlyMap<string, string> {
  const options = json === null ? [] : (JSON.parse(json) as string[])
  return new Map(options.map(splitOption))
}

function splitOption(option: string): readonly [string, string] {
  const at = option.indexOf('=')
  return [option.slice(0, at), option.slice(at + 1)]
}

/** SQL for the options of a catalog entry as text of a JSON array in a fixed order. */
export function optionsSql(column: string): string {
  return `(SELECT json_agg(o ORDER BY o COLLATE "C")::text FROM unnest(${column}) o)`
}

/** Storage parameters of the table that keeps long values (`toast.…`), which has a row of its own in pg_class. */
export const toastOptions: ExtraKind = {
  name: 'toast options',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, '' AS name,
           json_build_object('relkind', c.relkind, 'options', ${optionsSql('toast.reloptions')}) AS values
    FROM pg_class c
    JOIN pg_class toast ON toast.oid = c.reltoastrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE toast.reloptions IS NOT NULL AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: { options: optionsText },
  change: (from, to, either) => {
    const word = either.values.relkind === 'm' ? 'MATERIALIZED VIEW' : 'TABLE'
    const target = `ALTER ${word} ${quoted(either.schema, either.relation ?? '')}`
    return optionChanges(target, from?.values.options ?? null, to?.values.options ?? null, 'toast.')
  },
}
