import { type Extra, type ExtraKind, quoted, worded } from './kind.ts'
import { optionChanges, optionsSql, optionsText } from './options.ts'

const storages: Readonly<Record<string, string>> = { p: 'PLAIN', e: 'EXTERNAL', m: 'MAIN', x: 'EXTENDED' }

/**
 * Storage, compression, statistics target and options of a column (ALTER TABLE … ALTER COLUMN … SET). SET STORAGE and SET
 * STATISTICS reach the tables below as well, the others do not: where one of those is to differ, each says its own.
 */
export const columnSettings: ExtraKind = {
  name: 'column settings',
  lock: 'accessExclusive',
  query: (_, inherits) => `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'relkind', c.relkind,
             'default storage', t.typstorage,
             'storage', CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
             'compression', nullif(a.attcompression, ''),
             'statistics', nullif(coalesce(a.attstattarget, -1), -1)::text,
             'options', ${optionsSql('a.attoptions')},
             ${inherits ? ofRelatives : "'differs below', NULL, 'parent', NULL"}) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT a.attisdropped AND a.attnum > 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
      AND (a.attstorage <> t.typstorage OR a.attcompression <> '' OR coalesce(a.attstattarget, -1) <> -1
           -- The engine does not list what a column inherits: what is said of it no more is seen here.
           OR a.attoptions IS NOT NULL OR a.attinhcount > 0
           ${inherits ? `OR ${differsBelow('a.attrelid')}` : ''})`,
  shown: {
    storage: (value) => (storages[value ?? ''] ?? 'default').toLowerCase(),
    compression: worded({ l: 'lz4', p: 'pglz' }, 'default'),
    statistics: worded({}, 'default'),
    options: optionsText,
  },
  change: (from, to, either) => {
    const word =
      either.values.relkind === 'm'
        ? 'MATERIALIZED VIEW'
        : either.values.relkind === 'f'
          ? 'FOREIGN TABLE'
          : 'TABLE'
    const name = `${quoted(either.schema, either.relation ?? '')} ALTER COLUMN ${quoted(either.name)}`
    const column = `ALTER ${word} ${name}`
    const reaching = either.values['differs below'] == null ? column : `ALTER ${word} ONLY ${name}`
    const after: string[] = []
    const differs = (field: string) => (from?.values[field] ?? null) !== (to?.values[field] ?? null)
    if (differs('storage') && !comesFromParent(from, to, 'storage')) {
      const storage = to?.values.storage ?? either.values['default storage'] ?? 'x'
      after.push(`${reaching} SET STORAGE ${storages[storage] ?? 'DEFAULT'}`)
    }
    if (differs('compression')) {
      const compression = to?.values.compression
      after.push(
        `${column} SET COMPRESSION ${compression === 'l' ? 'lz4' : compression === 'p' ? 'pglz' : 'default'}`,
      )
    }
    if (differs('statistics') && !comesFromParent(from, to, 'statistics'))
      after.push(`${reaching} SET STATISTICS ${to?.values.statistics ?? '-1'}`)
    if (differs('options'))
      after.push(...optionChanges(column, from?.values.options ?? null, to?.values.options ?? null))
    return after
  },
}

type Field = 'storage' | 'statistics'

/** Whether a setting is the parent's before and after, and the parent's own statement reaches down to here. */
function comesFromParent(from: Extra | undefined, to: Extra | undefined, field: Field): boolean {
  const [old, wanted] = [from, to].map((extra) => parentOf(extra))
  if (old === undefined || wanted === undefined || !wanted.reaches) return false
  return old[field] === (from?.values[field] ?? null) && wanted[field] === (to?.values[field] ?? null)
}

function parentOf(
  extra: Extra | undefined,
): (Readonly<Record<Field, string | null>> & { readonly reaches: boolean }) | undefined {
  const parent = extra?.values.parent
  return parent == null ? undefined : JSON.parse(parent)
}

const ofRelatives = `'differs below', CASE WHEN ${differsBelow('a.attrelid')} THEN 'yes' END,
             'parent', (SELECT json_build_object('storage', CASE WHEN p.attstorage <> t.typstorage THEN p.attstorage END,
                          'statistics', nullif(coalesce(p.attstattarget, -1), -1)::text,
                          'reaches', NOT (${differsBelow('p.attrelid')}))::text
                        FROM pg_inherits h JOIN pg_attribute p ON p.attrelid = h.inhparent AND p.attname = a.attname
                        WHERE h.inhrelid = a.attrelid AND h.inhseqno = 1)`

/** Whether a table below has another storage or statistics target for column `a` than the table `relation` has. */
function differsBelow(relation: string): string {
  return `EXISTS (
    WITH RECURSIVE below(oid) AS (
      SELECT inhrelid FROM pg_inherits WHERE inhparent = ${relation}
      UNION SELECT i.inhrelid FROM pg_inherits i JOIN below ON i.inhparent = below.oid
    )
    SELECT FROM below JOIN pg_attribute o ON o.attrelid = below.oid AND o.attname = a.attname
    JOIN pg_attribute own ON own.attrelid = ${relation} AND own.attname = a.attname
    WHERE o.attstorage <> own.attstorage OR coalesce(o.attstattarget, -1) <> coalesce(own.attstattarget, -1))`
}
