import type { ClientBase } from 'pg'
import { catalogQuery } from '../../postgres/index.ts'

/** A type as values are made for it (manual, pg_type). */
export interface TypeShape {
  readonly oid: string
  readonly name: string
  /** As SQL names it, with its schema. */
  readonly text: string
  /** typtype: base, composite, domain, enum, pseudo, range, multirange. */
  readonly kind: 'b' | 'c' | 'd' | 'e' | 'p' | 'r' | 'm'
  readonly category: string
  readonly labels: readonly string[]
  /** What an array, a range or a domain is made of. */
  readonly element: string | null
  readonly elementText: string | null
  readonly attributes: readonly { readonly type: string; readonly text: string }[]
  /** Checks of a domain, on VALUE. */
  readonly checks: readonly string[]
  readonly notNull: boolean
}

export interface ColumnShape {
  readonly name: string
  readonly number: number
  readonly type: string
  /** With its modifier: `numeric(10,2)`. */
  readonly typeText: string
  readonly notNull: boolean
  readonly generated: boolean
  readonly identity: boolean
  readonly hasDefault: boolean
  /** The sequence that gives its default, if any, as it stands in a query. */
  readonly sequence: string | null
}

export interface ConstraintShape {
  readonly name: string
  readonly columns: readonly string[]
  /** Of a check. */
  readonly expression: string
}

export interface ReferenceShape {
  readonly columns: readonly string[]
  readonly table: string
  readonly target: string
  readonly targetColumns: readonly string[]
  readonly full: boolean
  /** Checked at the commit: INITIALLY DEFERRED. */
  readonly deferred: boolean
}

/** A table as rows are made for it. */
export interface TableShape {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly partitioned: boolean
  readonly columns: readonly ColumnShape[]
  /** Primary keys, unique and exclusion constraints, unique indexes. */
  readonly keys: readonly Omit<ConstraintShape, 'expression'>[]
  readonly checks: readonly ConstraintShape[]
  readonly references: readonly ReferenceShape[]
  /** The columns of the partition key, and the constraints of the partitions that hold rows. */
  readonly partitionColumns: readonly string[]
  readonly partitionBounds: readonly string[]
  readonly hasRules: boolean
}

export interface Shapes {
  readonly tables: readonly TableShape[]
  readonly types: ReadonlyMap<string, TypeShape>
}

/** Reads tables and every type that their columns are made of. */
export async function describeTables(client: ClientBase, oids: readonly string[]): Promise<Shapes> {
  if (oids.length === 0) return { tables: [], types: new Map() }
  const tables = (await catalogQuery<{ shape: TableShape }>(client, tablesQuery, [oids])).rows.map(
    ({ shape }) => shape,
  )
  const wanted = [...new Set(tables.flatMap(({ columns }) => columns.map(({ type }) => type)))]
  const { rows } = await catalogQuery<{ shape: TypeShape }>(client, typesQuery, [wanted])
  return { tables, types: new Map(rows.map(({ shape }) => [shape.oid, shape])) }
}

/** Of what was described, some of the tables. */
export function shapesOf({ tables, types }: Shapes, oids: readonly string[]): Shapes {
  const wanted = new Set(oids)
  return { tables: tables.filter(({ oid }) => wanted.has(oid)), types }
}

const names = (keys: string, relation: string) =>
  `coalesce((SELECT json_agg(a.attname ORDER BY u.at) FROM unnest(${keys}) WITH ORDINALITY u (number, at)
     JOIN pg_attribute a ON a.attrelid = ${relation} AND a.attnum = u.number), '[]')`

const tablesQuery = `
  SELECT json_build_object('oid', c.oid::text, 'schema', n.nspname, 'name', c.relname,
    'partitioned', c.relkind = 'p', 'hasRules', c.relhasrules,
    'columns', (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'number', a.attnum,
        'type', a.atttypid::text, 'typeText', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
        'generated', a.attgenerated <> '', 'identity', a.attidentity <> '', 'hasDefault', d.oid IS NOT NULL OR t.typdefault IS NOT NULL,
        'sequence', (SELECT s.oid::regclass::text FROM (
            SELECT p.refobjid AS id FROM pg_depend p WHERE p.classid = 'pg_attrdef'::regclass AND p.objid = d.oid AND p.refclassid = 'pg_class'::regclass
            UNION ALL SELECT p.objid FROM pg_depend p WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
              AND p.classid = 'pg_class'::regclass AND p.deptype = 'i'
          ) AS near JOIN pg_class s ON s.oid = near.id AND s.relkind = 'S' LIMIT 1)) ORDER BY a.attnum), '[]')
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'keys', (SELECT coalesce(json_agg(json_build_object('name', i.relname, 'columns', ${names('x.indkey::int2[]', 'c.oid')})), '[]')
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indrelid = c.oid AND (x.indisunique OR x.indisexclusion)),
    'checks', (SELECT coalesce(json_agg(json_build_object('name', k.conname, 'columns', ${names('k.conkey', 'c.oid')},
        'expression', pg_get_expr(k.conbin, k.conrelid))), '[]')
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'),
    'references', (SELECT coalesce(json_agg(json_build_object('columns', ${names('k.conkey', 'k.conrelid')},
        'table', k.confrelid::text, 'target', format('%I.%I', rn.nspname, r.relname), 'targetColumns', ${names('k.confkey', 'k.confrelid')},
        'full', k.confmatchtype = 'f', 'deferred', k.condeferred)), '[]')
      FROM pg_constraint k JOIN pg_class r ON r.oid = k.confrelid JOIN pg_namespace rn ON rn.oid = r.relnamespace
      WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0),
    'partitionColumns', coalesce((SELECT json_agg(DISTINCT a.attname)
      FROM pg_partition_tree(c.oid) l JOIN pg_partitioned_table pt ON pt.partrelid = l.relid
      JOIN pg_attribute a ON a.attrelid = l.relid AND (a.attnum = ANY (pt.partattrs::int2[])
        OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = l.relid
                   AND d.refclassid = 'pg_class'::regclass AND d.refobjid = l.relid AND d.refobjsubid = a.attnum))
      WHERE c.relkind = 'p'), '[]'),
    'partitionBounds', coalesce((SELECT json_agg(coalesce(pg_get_partition_constraintdef(l.relid), 'true'))
      FROM pg_partition_tree(c.oid) l JOIN pg_class p ON p.oid = l.relid
      WHERE c.relkind = 'p' AND l.isleaf AND p.relkind = 'r'), '[]')
  ) AS shape
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::text[]::oid[]) ORDER BY c.oid`

const typesQuery = `
  WITH RECURSIVE part (id) AS (
    SELECT unnest($1::text[])::oid
    UNION
    SELECT p.id FROM part JOIN pg_type t ON t.oid = part.id
    LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_range m ON m.rngmultitypid = t.oid
    CROSS JOIN LATERAL (
      SELECT unnest(ARRAY[nullif(t.typelem, 0), nullif(t.typbasetype, 0), r.rngsubtype, m.rngtypid])
      UNION SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
    ) p (id) WHERE p.id IS NOT NULL
  )
  SELECT json_build_object('oid', t.oid::text, 'name', t.typname, 'text', format('%I.%I', n.nspname, t.typname), 'kind', t.typtype, 'category', t.typcategory,
    'labels', (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid),
    'element', coalesce(CASE WHEN t.typcategory = 'A' THEN nullif(t.typelem, 0) END, nullif(t.typbasetype, 0), r.rngsubtype, m.rngtypid)::text,
    'elementText', CASE WHEN t.typbasetype <> 0 THEN format_type(t.typbasetype, t.typtypmod)
                        ELSE format_type(coalesce(CASE WHEN t.typcategory = 'A' THEN nullif(t.typelem, 0) END, r.rngsubtype, m.rngtypid), NULL) END,
    'attributes', (SELECT coalesce(json_agg(json_build_object('type', a.atttypid::text, 'text', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum), '[]')
      FROM pg_attribute a WHERE a.attrelid = t.typrelid AND t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped),
    'checks', (SELECT coalesce(json_agg(pg_get_expr(k.conbin, 0)), '[]') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'),
    'notNull', t.typnotnull
  ) AS shape
  FROM part JOIN pg_type t ON t.oid = part.id JOIN pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_range r ON r.rngtypid = t.oid LEFT JOIN pg_range m ON m.rngmultitypid = t.oid`
