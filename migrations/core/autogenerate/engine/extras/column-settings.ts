import { type ExtraKind, literal, quoted } from './kind.ts'

const storages: Readonly<Record<string, string>> = { p: 'PLAIN', e: 'EXTERNAL', m: 'MAIN', x: 'EXTENDED' }

/** Storage, compression, statistics target and options of a column (ALTER TABLE … ALTER COLUMN … SET). */
export const columnSettings: ExtraKind = {
  name: 'column settings',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'relkind', c.relkind,
             'default storage', t.typstorage,
             'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
             'compression', nullif(a.attcompression, ''),
             'statistics', nullif(coalesce(a.attstattarget, -1), -1)::text,
             'options', (SELECT json_agg(o ORDER BY o)::text FROM unnest(a.attoptions) o)) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT a.attisdropped AND a.attnum > 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND (a.attstorage <> t.typstorage OR a.attcompression <> '' OR coalesce(a.attstattarget, -1) <> -1
           OR a.attoptions IS NOT NULL)`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    const word =
      either.values.relkind === 'm'
        ? 'MATERIALIZED VIEW'
        : either.values.relkind === 'f'
          ? 'FOREIGN TABLE'
          : 'TABLE'
    const column = `ALTER ${word} ${quoted(either.schema, either.relation ?? '')} ALTER COLUMN ${quoted(either.name)}`
    const after: string[] = []
    const differs = (name: string) => (from?.values[name] ?? null) !== (to?.values[name] ?? null)
    if (differs('storage')) {
      const storage = to?.values.storage ?? either.values['default storage'] ?? 'x'
      after.push(`${column} SET STORAGE ${storages[storage] ?? 'DEFAULT'}`)
    }
    if (differs('compression')) {
      const compression = to?.values.compression
      after.push(
        `${column} SET COMPRESSION ${compression === 'l' ? 'lz4' : compression === 'p' ? 'pglz' : 'default'}`,
      )
    }
    if (differs('statistics')) after.push(`${column} SET STATISTICS ${to?.values.statistics ?? '-1'}`)
    if (differs('options'))
      after.push(...optionChanges(column, from?.values.options ?? null, to?.values.options ?? null))
    return { before: [], after }
  },
}

function optionChanges(column: string, from: string | null, to: string | null): readonly string[] {
  const read = (json: string | null) =>
    new Map((json === null ? [] : (JSON.parse(json) as string[])).map((option) => splitOption(option)))
  const old = read(from)
  const wanted = read(to)
  const gone = [...old.keys()].filter((name) => !wanted.has(name))
  const set = [...wanted].filter(([name, value]) => old.get(name) !== value)
  return [
    ...(gone.length > 0 ? [`${column} RESET (${gone.join(', ')})`] : []),
    ...(set.length > 0
      ? [`${column} SET (${set.map(([name, value]) => `${name} = ${literal(value).trim()}`).join(', ')})`]
      : []),
  ]
}

function splitOption(option: string): readonly [string, string] {
  const at = option.indexOf('=')
  return [option.slice(0, at), option.slice(at + 1)]
}
