import type { ClientBase } from 'pg'
import { rowIdentity } from './assemble.ts'
import { fingerprintHash } from './compare.ts'
import { families } from './families/index.ts'
import { joinedInventory, readCatalogShapes, readInventories } from './inventory.ts'
import { changedOids, type Marks, objectCatalogs, readMarks } from './marks.ts'
import { type CatalogReading, objectsOf, readCatalogs, readSettings } from './read.ts'
import { withPinnedSession } from './scope.ts'
import { pinnedQuery, type SearchPathState } from './sql.ts'
import type { Fingerprint, FingerprintObject, FingerprintOptions, Inventory } from './types.ts'
import { unknownShapes } from './unknown.ts'

/** What was read last. */
interface Known {
  readonly marks: Marks
  readonly fingerprint: Fingerprint
  /** Identity → `catalog:oid`. */
  readonly places: ReadonlyMap<string, string>
}

/** Of more objects that may have changed, all are read. */
const most = 4_000

/**
 * Reads the fingerprint of a database again and again: after the first time only what may have changed since, and what
 * PostgreSQL prints with the names of that. It gives what `readFingerprint` does. Everything is read again where the
 * catalogs hold something that is not known, or where something has changed that is not of the schemas' tables, types
 * and routines.
 * @returns reads it on a connection to the same database
 */
export function fingerprintFollower(
  options: Omit<FingerprintOptions, 'schemaRelative'>,
): (client: ClientBase) => Promise<Fingerprint> {
  let known: Known | undefined
  return (client) =>
    withPinnedSession(client, async ({ version, build }) => {
      const settings = readSettings(options, version)
      const shapes = await readCatalogShapes(client, settings, build)
      const marks = await readMarks(client, settings, shapes)
      const changed = known === undefined ? undefined : changedOids(known.marks, marks)
      if (known !== undefined && changed?.length === 0) return known.fingerprint
      const part =
        changed === undefined || changed.length > most
          ? undefined
          : await readConcerned(client, settings, changed)
      const read = async (inventory: Inventory) => {
        const reading = await readCatalogs(client, { ...settings, inventory }, families)
        return { reading, objects: objectsOf(reading.rows, reading.annotations, options) }
      }
      if (known !== undefined && changed !== undefined && part !== undefined) {
        const { reading, objects } = await read(part.inventory)
        if (reading.unknown.length === 0) {
          known = merged(known, { marks, objects, places: placesOf(reading) }, part.places)
          return known.fingerprint
        }
      }
      const inventories = await readInventories(client, settings, shapes)
      const { reading, objects } = await read(joinedInventory(inventories, [...inventories.keys()]))
      const unknown = [...unknownShapes(shapes), ...reading.unknown]
      const fingerprint = { objects, unknown, hash: fingerprintHash(objects) }
      known = unknown.length > 0 ? undefined : { marks, fingerprint, places: placesOf(reading) }
      return fingerprint
    })
}

interface Part {
  readonly inventory: Inventory
  /** `catalog:oid` of all that is read, and of what is gone. */
  readonly places: ReadonlySet<string>
}

/** What was known, with what was read again in the place of the same. */
function merged(
  { fingerprint, places }: Known,
  read: Omit<Known, 'fingerprint'> & { readonly objects: ReadonlyMap<string, FingerprintObject> },
  readAgain: ReadonlySet<string>,
): Known {
  const objects = new Map<string, FingerprintObject>()
  const placesNow = new Map<string, string>()
  for (const [identity, place] of places) {
    if (readAgain.has(place)) continue
    placesNow.set(identity, place)
    const object = fingerprint.objects.get(identity)
    if (object !== undefined) objects.set(identity, object)
  }
  for (const [identity, place] of read.places) placesNow.set(identity, place)
  for (const [identity, object] of read.objects) objects.set(identity, object)
  let hash: string | undefined
  return {
    marks: read.marks,
    places: placesNow,
    fingerprint: {
      objects,
      unknown: [],
      // Of all objects, and seldom asked for.
      get hash() {
        hash ??= fingerprintHash(objects)
        return hash
      },
    },
  }
}

function placesOf({ rows }: CatalogReading): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap((row) => (row.definition === null ? [] : [[rowIdentity(row), `${row.catalog}:${row.oid}`]])),
  )
}

/**
 * What of the schemas has to be read again when objects may have changed: these, what depends on them (pg_depend), and
 * what is part of one thing with any of it, as an index is of its table. A definition is printed with the names of what it
 * depends on, and of a routine or type in between with what that depends on; a table in between has names and types of its
 * own.
 * @returns undefined where anything else depends on them, as an operator does
 */
async function readConcerned(
  client: ClientBase,
  state: SearchPathState & { readonly schemas: readonly string[] },
  oids: readonly number[],
): Promise<Part | undefined> {
  const rows = await pinnedQuery<{ catalog: string; oids: readonly number[]; own: boolean }>(
    client,
    state,
    concernedQuery,
    [oids, state.schemas],
  )
  if (rows.some(({ catalog }) => !objectCatalogs.includes(catalog))) return undefined
  const placed = (catalog: string, found: readonly number[]) => found.map((oid) => `${catalog}:${oid}`)
  return {
    inventory: new Map(rows.flatMap(({ catalog, oids: found, own }) => (own ? [[catalog, found]] : []))),
    places: new Set([
      ...rows.flatMap(({ catalog, oids: found }) => placed(catalog, found)),
      ...objectCatalogs.flatMap((catalog) => placed(catalog, oids)),
    ]),
  }
}

const seeds = objectCatalogs.map(
  (catalog) =>
    `SELECT '${catalog}'::regclass::oid AS class, oid AS id FROM ${catalog} WHERE oid = ANY ($1::oid[])`,
)

/** Parts, that go with what they are part of (manual, pg_depend). */
const ofOneThing = `('a', 'i', 'P', 'S')`

/** What depends on something by what it is itself printed as; other dependents are printed for others. */
const ends = `ARRAY['pg_class', 'pg_attrdef', 'pg_constraint', 'pg_trigger', 'pg_rewrite', 'pg_policy', 'pg_statistic_ext']::regclass[]::oid[]`

const concernedQuery = `
  WITH RECURSIVE seed AS (${seeds.join('\n    UNION ALL ')}),
  reached (class, id, changed) AS (
    SELECT class, id, true FROM seed
    UNION
    SELECT near.class, near.id, near.changed FROM reached r CROSS JOIN LATERAL (
      SELECT d.refclassid AS class, d.refobjid AS id, r.changed FROM pg_depend d
      WHERE d.classid = r.class AND d.objid = r.id AND d.deptype IN ${ofOneThing} AND d.refclassid <> 'pg_namespace'::regclass
      UNION ALL
      SELECT d.classid, d.objid, r.changed AND (d.deptype <> 'n' OR d.classid <> ALL (${ends})) FROM pg_depend d
      WHERE d.refclassid = r.class AND d.refobjid = r.id AND (d.deptype IN ${ofOneThing} OR r.changed AND d.deptype = 'n')
    ) near
  ),
  concerned AS (SELECT DISTINCT class, id FROM reached)
  SELECT r.class::regclass::text AS catalog, array_agg(r.id) AS oids, own.own
  FROM concerned r
  LEFT JOIN pg_class c ON r.class = 'pg_class'::regclass AND c.oid = r.id
  LEFT JOIN pg_type t ON r.class = 'pg_type'::regclass AND t.oid = r.id
  LEFT JOIN pg_proc p ON r.class = 'pg_proc'::regclass AND p.oid = r.id
  LEFT JOIN pg_constraint k ON r.class = 'pg_constraint'::regclass AND k.oid = r.id
  LEFT JOIN pg_statistic_ext s ON r.class = 'pg_statistic_ext'::regclass AND s.oid = r.id
  LEFT JOIN pg_namespace n ON n.oid = coalesce(c.relnamespace, t.typnamespace, p.pronamespace, k.connamespace, s.stxnamespace)
  CROSS JOIN LATERAL (SELECT coalesce(n.nspname = ANY ($2::text[]), false) AND NOT EXISTS (
    SELECT FROM pg_depend m WHERE m.classid = r.class AND m.objid = r.id AND m.deptype = 'e') AS own) own
  GROUP BY r.class, own.own`
