import type { ClientBase } from 'pg'
import type { Annotation } from './assemble.ts'
import { type CatalogRow, pinnedQuery } from './sql.ts'
import type { FamilyRequest } from './types.ts'

/** Comments, security labels, and where asked owners and grants, of everything that was read. */
export async function readAnnotations(
  client: ClientBase,
  scope: FamilyRequest,
  rows: readonly CatalogRow[],
): Promise<readonly Annotation[]> {
  const oids = [...new Set(rows.map((row) => row.oid))]
  const selects = [
    texts,
    ...(scope.owners ? [owners] : []),
    ...(scope.privileges ? [privileges, columnPrivileges] : []),
  ]
  const annotations: Annotation[] = []
  for (const select of selects) {
    for (const annotation of await pinnedQuery<Annotation>(client, scope, select, [oids]))
      annotations.push(annotation)
  }
  return scope.relative ? annotations.filter(({ key }) => !key.startsWith('pg_namespace:')) : annotations
}

const classKey = `(SELECT relname FROM pg_class c WHERE c.oid = x.classoid) || ':' || x.objoid || ':' || x.objsubid`

const texts = `
  SELECT ${classKey} AS key, 'comment' AS field, to_jsonb(x.description) AS value
  FROM pg_description x WHERE x.objoid = ANY ($1::oid[])
  UNION ALL
  SELECT ${classKey}, 'security label ' || x.provider, to_jsonb(x.label)
  FROM pg_seclabel x WHERE x.objoid = ANY ($1::oid[])`

/** Catalogs with an owner of their own; the kinds of relations that share their table's are left out. */
const owned: readonly (readonly [catalog: string, prefix: string, where?: string])[] = [
  ['pg_namespace', 'nsp'],
  ['pg_extension', 'ext'],
  ['pg_class', 'rel', `x.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')`],
  ['pg_proc', 'pro'],
  [
    'pg_type',
    'typ',
    `x.typtype IN ('e', 'd', 'r', 'b', 'c') AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = x.oid AND e.oid = x.typelem)
    AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = x.typrelid AND c.relkind <> 'c')`,
  ],
  ['pg_collation', 'coll'],
  ['pg_conversion', 'con'],
  ['pg_operator', 'opr'],
  ['pg_opclass', 'opc'],
  ['pg_opfamily', 'opf'],
  ['pg_statistic_ext', 'stx'],
  ['pg_ts_config', 'cfg'],
  ['pg_ts_dict', 'dict'],
]

const owners = owned
  .map(
    ([catalog, prefix, where = 'true']) => `SELECT '${catalog}:' || x.oid || ':0' AS key, 'owner' AS field,
      to_jsonb(pg_get_userbyid(x.${prefix}owner)) AS value FROM ${catalog} x WHERE x.oid = ANY ($1::oid[]) AND ${where}`,
  )
  .join('\nUNION ALL ')

const role = (oid: string, owner: string) =>
  `CASE ${oid} WHEN 0 THEN 'public' WHEN ${owner} THEN '(owner)' ELSE pg_get_userbyid(${oid})::text END`

/** An ACL in a fixed order, the owner as such, so that it can be compared across owners. */
const grants = (acl: string, owner: string) =>
  `(SELECT jsonb_agg(g ORDER BY g COLLATE "C") FROM (
      SELECT ${role('a.grantee', owner)} || ': ' || a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        || CASE WHEN a.grantor = ${owner} THEN '' ELSE ' by ' || pg_get_userbyid(a.grantor) END
      FROM aclexplode(${acl}) a) granted(g))`

/** Grants where they are not PostgreSQL's default for the kind (`acldefault`). */
const granted = (catalog: string, prefix: string, type: string) => {
  const [acl, owner] = [`x.${prefix}acl`, `x.${prefix}owner`]
  return `SELECT '${catalog}:' || x.oid || ':0' AS key, 'privileges' AS field, coalesce(${grants(acl, owner)}, '[]') AS value
    FROM ${catalog} x WHERE x.oid = ANY ($1::oid[]) AND ${acl} IS NOT NULL
      AND ${grants(acl, owner)} IS DISTINCT FROM ${grants(`acldefault(${type}, ${owner})`, owner)}`
}

const privileges = [
  granted('pg_namespace', 'nsp', `'n'`),
  granted('pg_class', 'rel', `CASE x.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"`),
  granted('pg_proc', 'pro', `'f'`),
  granted('pg_type', 'typ', `'T'`),
].join('\nUNION ALL ')

const columnPrivileges = `SELECT 'pg_class:' || x.attrelid || ':' || x.attnum AS key, 'privileges' AS field, ${grants('x.attacl', 'c.relowner')} AS value
  FROM pg_attribute x JOIN pg_class c ON c.oid = x.attrelid
  WHERE x.attrelid = ANY ($1::oid[]) AND x.attnum > 0 AND cardinality(x.attacl) > 0`
