import type { ClientBase, QueryArrayResult } from 'pg'
import { quoteLiteral } from '../postgres/index.ts'

/** What the engine asks for the edges between objects. */
export const asksEdges = /^\s*WITH dep AS/

/** An object as the engine's query names it. */
type Endpoint = Readonly<Record<string, string | readonly string[]>>

interface Edge {
  readonly dependent: Endpoint
  readonly referenced: Endpoint
}

type Row = readonly (string | number | boolean | readonly string[] | null)[]

/** What no difference is about: edges that end there lead to nothing that is compared. */
const ofTheServer = ['pg_catalog', 'pg_toast', 'information_schema']

/**
 * Objects of a user have OIDs from here on (FirstNormalObjectId; manual, pg_depend): nothing that is compared is at both
 * ends of an edge between two of those that every database begins with.
 */
const own = (oid: string) => `${oid} OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid`

/** One scan of each catalog, which no planner can get wrong: statistics of a new database say that it is empty. */
const scans = {
  catalog: `SELECT oid, relname FROM pg_catalog.pg_class WHERE oid < 16384 AND relkind = 'r' AND relname LIKE 'pg\\_%'`,
  relation: `SELECT oid, relname, relnamespace, relkind FROM pg_catalog.pg_class WHERE ${own('oid')} AND relkind <> 't'`,
  column: `SELECT attrelid, attnum, attname FROM pg_catalog.pg_attribute WHERE ${own('attrelid')} AND attnum > 0 AND NOT attisdropped`,
  constraint: `SELECT oid, conname, conrelid, contypid, CASE WHEN contype IN ('p', 'u', 'x') THEN conindid ELSE 0 END FROM pg_catalog.pg_constraint WHERE ${own('oid')}`,
  routine: `SELECT p.oid, p.proname, p.pronamespace, p.prokind, ARRAY(SELECT pg_catalog.format_type(t.t, NULL)
    FROM pg_catalog.unnest(p.proargtypes) WITH ORDINALITY AS t (t, ord) ORDER BY t.ord)::pg_catalog.text[] FROM pg_catalog.pg_proc p WHERE ${own('p.oid')}`,
  type: `SELECT oid, typname, typnamespace, typtype, typrelid, CASE WHEN typtype = 'b' AND typcategory = 'A' AND typelem <> 0 THEN typelem ELSE oid END
    FROM pg_catalog.pg_type WHERE ${own('oid')}`,
  member: `SELECT d.classid, d.objid, e.extname FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
    WHERE d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND d.deptype = 'e'`,
  collation: `SELECT oid, collname, collnamespace FROM pg_catalog.pg_collation WHERE ${own('oid')}`,
  policy: `SELECT oid, polname, polrelid FROM pg_catalog.pg_policy`,
  eventTrigger: `SELECT oid, evtname FROM pg_catalog.pg_event_trigger`,
  publication: `SELECT oid, pubname FROM pg_catalog.pg_publication`,
  publicationOf: `SELECT oid, prpubid FROM pg_catalog.pg_publication_rel`,
  wrapper: `SELECT oid, fdwname FROM pg_catalog.pg_foreign_data_wrapper`,
  server: `SELECT oid, srvname FROM pg_catalog.pg_foreign_server`,
  default: `SELECT oid, adrelid, adnum FROM pg_catalog.pg_attrdef`,
  rewrite: `SELECT oid, rulename, ev_class FROM pg_catalog.pg_rewrite WHERE ${own('oid')}`,
  trigger: `SELECT oid, tgname, tgrelid FROM pg_catalog.pg_trigger WHERE NOT tgisinternal`,
  // A sequence that a column owns would be in a cycle with the column's default: the engine has it from the sequence.
  edge: `SELECT classid, objid, objsubid, refclassid, refobjid, refobjsubid, deptype = 'a' AND classid = refclassid AND refobjsubid > 0
    FROM pg_catalog.pg_depend WHERE (${own('objid')} OR ${own('refobjid')}) AND deptype IN ('n', 'a')`,
} as const

type Scan = keyof typeof scans
const names = Object.keys(scans) as readonly Scan[]

/**
 * The rows that the engine's query for the edges between objects gives. The query joins twenty tables of its own making,
 * which takes a tenth of a second to plan, and minutes to run where the planner takes the catalogs for small; here each
 * catalog is read once, and the objects are found by their OIDs. To be called in the engine's transaction, whose
 * search_path the names of types are for.
 * @param client whose queries may be configs
 * @param hidden schemas whose objects are at no end of an edge
 */
export async function readEdges(client: ClientBase, hidden: readonly string[]): Promise<readonly Edge[]> {
  const without = [...ofTheServer, ...hidden].map(quoteLiteral).join(', ')
  const namespace = `SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname::pg_catalog.text <> ALL (ARRAY[${without}]::pg_catalog.text[])`
  const text = [namespace, ...names.map((name) => scans[name])].join(';\n')
  // Several statements in one message give several results.
  const results = (await client.query({ text, rowMode: 'array' })) as unknown as readonly QueryArrayResult[]
  const [schemas, ...read] = results.map(({ rows }) => rows as readonly Row[])
  const found = Object.fromEntries(names.map((name, at) => [name, read[at] ?? []])) as Readonly<
    Record<Scan, readonly Row[]>
  >
  const endpoint = endpoints(found, byOid(schemas ?? []))
  const isSequence = new Set(found.relation.flatMap(([oid, , , kind]) => (kind === 'S' ? [oid] : [])))
  return found.edge.flatMap(([classid, objid, sub, refclassid, refobjid, refsub, mayBeOwned]): Edge[] => {
    if (mayBeOwned && isSequence.has(objid ?? 0)) return []
    const dependent = endpoint(Number(classid), Number(objid), Number(sub))
    const referenced = endpoint(Number(refclassid), Number(refobjid), Number(refsub))
    return dependent === undefined || referenced === undefined ? [] : [{ dependent, referenced }]
  })
}

/** Finds what an address of `pg_depend` stands for; undefined for what the engine does not name either. */
function endpoints(found: Readonly<Record<Scan, readonly Row[]>>, schemas: ReadonlyMap<number, Row>) {
  const relations = byOid(found.relation)
  const kinds: Readonly<Record<string, string>> = {
    r: 'table',
    p: 'table',
    f: 'foreignTable',
    v: 'view',
    m: 'materializedView',
    i: 'index',
    I: 'index',
    S: 'sequence',
    c: 'type',
  }
  const schemaOf = (oid: Row[number] | undefined) => {
    const name = schemas.get(Number(oid))?.[1]
    return name === undefined ? undefined : String(name)
  }
  const inSchema = (kind: string, namespace: Row[number] | undefined, name: Row[number] | undefined) => {
    const schema = schemaOf(namespace)
    return schema === undefined ? undefined : { kind, schema, name: String(name) }
  }
  const onTable = (kind: string, table: Row[number] | undefined, name: Row[number] | undefined) => {
    const [, relname, namespace] = relations.get(Number(table)) ?? []
    const schema = schemaOf(namespace)
    return schema === undefined ? undefined : { kind, schema, table: String(relname), name: String(name) }
  }
  const named = (kind: string, rows: readonly Row[]) =>
    new Map(rows.map(([oid, name]) => [Number(oid), { kind, name: String(name) }]))
  const relation = (row: Row) => inSchema(kinds[String(row[3])] ?? '', row[2], row[1])
  const columns = new Map(
    found.column.map(([table, number, name]) => [`${String(table)} ${String(number)}`, name]),
  )
  const types = byOid(found.type)
  const typed = (row: Row) => {
    const [, name, namespace, type, relid] = types.get(Number(row[5])) ?? []
    if (!['d', 'e', 'c', 'r'].includes(String(type))) return undefined
    const table = relations.get(Number(relid))
    if (table !== undefined && ['r', 'p', 'f', 'v', 'm'].includes(String(table[3]))) return relation(table)
    return inSchema(type === 'd' ? 'domain' : 'type', namespace, name)
  }
  const constraint = ([, name, table, domain]: Row) => {
    if (Number(table) !== 0) return onTable('constraint', table, name)
    const [, type, namespace] = types.get(Number(domain)) ?? []
    const schema = schemaOf(namespace)
    return schema === undefined
      ? undefined
      : { kind: 'constraint', schema, table: String(type), name: String(name) }
  }
  const constraints = byOid(found.constraint)
  const ofIndex = new Map(
    found.constraint.flatMap((row): [number, Row][] => (Number(row[4]) === 0 ? [] : [[Number(row[4]), row]])),
  )
  const routineKinds: Readonly<Record<string, string>> = { a: 'aggregate', p: 'procedure' }
  const routines = byOid(found.routine)
  const routine = ([, name, namespace, kind, args]: Row) => {
    const made = inSchema(routineKinds[String(kind)] ?? 'function', namespace, name)
    return made === undefined || !Array.isArray(args)
      ? undefined
      : { ...made, args: args as readonly string[] }
  }
  const publications = named('publication', found.publication)
  const rewrite = ([, rule, table]: Row) => {
    const of = relations.get(Number(table))
    if (rule !== '_RETURN') return onTable('rule', table, rule)
    return of === undefined ? undefined : inSchema(of[3] === 'm' ? 'materializedView' : 'view', of[2], of[1])
  }
  const defaultOf = ([, table, number]: Row) => {
    const column = columns.get(`${String(table)} ${String(number)}`)
    return column === undefined ? undefined : onTable('default', table, column)
  }
  const members = new Map(
    found.member.map(([classid, objid, name]) => [
      `${String(classid)} ${String(objid)}`,
      { kind: 'extension', name: String(name) },
    ]),
  )
  const ofClass = (oid: number, sub: number): Endpoint | undefined => {
    const row = relations.get(oid)
    if (row === undefined) return undefined
    const kind = String(row[3])
    if (sub === 0) {
      // An index of a constraint is the constraint's.
      const owner = ofIndex.get(oid)
      return (owner === undefined ? undefined : constraint(owner)) ?? relation(row)
    }
    if (sub < 0) return undefined
    const column = columns.get(`${oid} ${sub}`)
    if (['r', 'p', 'f'].includes(kind) && column !== undefined) return onTable('column', oid, column)
    return ['c', 'v', 'm'].includes(kind) ? relation(row) : undefined
  }
  const from = <T>(rows: ReadonlyMap<number, T>, name: (row: T) => Endpoint | undefined) => {
    return (oid: number) => {
      const row = rows.get(oid)
      return row === undefined ? undefined : name(row)
    }
  }
  const itself = (id: Endpoint) => id
  const nothing = () => undefined
  const finders: Readonly<Record<string, (oid: number, sub: number) => Endpoint | undefined>> = {
    pg_class: ofClass,
    pg_proc: from(routines, routine),
    pg_constraint: from(constraints, constraint),
    pg_type: from(types, typed),
    pg_opclass: nothing,
    pg_opfamily: nothing,
    pg_operator: nothing,
    pg_collation: from(byOid(found.collation), ([, name, namespace]) =>
      inSchema('collation', namespace, name),
    ),
    pg_policy: from(byOid(found.policy), ([, name, table]) => onTable('policy', table, name)),
    pg_event_trigger: from(named('eventTrigger', found.eventTrigger), itself),
    pg_publication: from(publications, itself),
    pg_publication_rel: from(byOid(found.publicationOf), ([, of]) => publications.get(Number(of))),
    pg_foreign_data_wrapper: from(named('fdw', found.wrapper), itself),
    pg_foreign_server: from(named('server', found.server), itself),
    pg_attrdef: from(byOid(found.default), defaultOf),
    pg_rewrite: from(byOid(found.rewrite), rewrite),
    pg_trigger: from(byOid(found.trigger), ([, name, table]) => onTable('trigger', table, name)),
    pg_namespace: from(schemas, ([, name]) => ({ kind: 'schema', name: String(name) })),
  }
  /** Whose members stand for their extension. */
  const ofExtensions = [
    'pg_proc',
    'pg_type',
    'pg_opclass',
    'pg_opfamily',
    'pg_operator',
    'pg_foreign_data_wrapper',
  ]
  const catalogs = new Map(found.catalog.map(([oid, name]) => [Number(oid), String(name)]))
  const known = new Map<string, Endpoint | undefined>()
  const find = (classid: number, objid: number, sub: number) => {
    const catalog = catalogs.get(classid) ?? ''
    const member = ofExtensions.includes(catalog) ? members.get(`${classid} ${objid}`) : undefined
    return member ?? finders[catalog]?.(objid, sub)
  }
  return (classid: number, objid: number, sub: number) => {
    const key = `${classid} ${objid} ${sub}`
    if (known.has(key)) return known.get(key)
    const id = find(classid, objid, sub)
    known.set(key, id)
    return id
  }
}

function byOid(rows: readonly Row[]): ReadonlyMap<number, Row> {
  return new Map(rows.map((row) => [Number(row[0]), row]))
}
