import { quoteLiteral } from '../postgres/sql/quote.ts'
import { dollarQuoted } from './clauses/routines.ts'

/** Objects whose grants and owner are kept, as SQL names them: `rfx_user.profile`, `rfx_user.total(integer)`. */
export interface GrantedObjects {
  /** Tables, views, materialized views, sequences, with the grants on their columns. */
  readonly relations?: readonly string[]
  /** Functions, procedures and aggregates, with their argument types. */
  readonly routines?: readonly string[]
  readonly types?: readonly string[]
  /** What has another name when the body begins, and loses its grants under the new one: new name → old name. */
  readonly renamed?: Readonly<Record<string, string>>
}

const setting = 'just_mig.grants'

/**
 * Notes who owns objects and who may do what with them, in a setting of the session. What is not there is left
 * out (manual, section 9.27: Access Privilege Inquiry Functions).
 */
export function keepGrantsSql(objects: GrantedObjects): string {
  return `SELECT set_config(${quoteLiteral(setting)}, (
  SELECT coalesce(json_agg(json_build_object('kind', kind, 'object', object, 'col', col, 'owner', owner, 'acl', acl::text, 'relation', relation, 'number', number)), '[]')::text
  FROM (${grantsQuery(objects, objects.renamed)}) AS noted
), false)`
}

/**
 * Gives objects that were dropped and made again the owner and the grants that {@link keepGrantsSql} noted, and
 * takes away what default privileges gave them since. Columns that are gone are left out. Warns when nothing was
 * noted, as in a session that goes on with an interrupted revision.
 */
export function restoreGrantsSql(objects: GrantedObjects): string {
  const all = [objects.relations, objects.routines, objects.types].flatMap((names) => names ?? []).join(', ')
  // A column that is there still may have another name by now.
  const kept = `(SELECT kind, object, CASE WHEN number IS NOT NULL THEN coalesce((SELECT attname::text FROM pg_attribute
        WHERE attrelid = to_regclass(object) AND attrelid = relation AND attnum = number AND NOT attisdropped), col) END AS col,
      owner, acl::aclitem[] AS acl
      FROM json_to_recordset(current_setting(${quoteLiteral(setting)})::json)
        AS kept(kind text, object text, col text, owner oid, acl text, relation oid, number smallint))`
  const now = `(${grantsQuery(objects)})`
  const entries = (state: string) =>
    `SELECT kind, object, col, grantee, privilege_type, is_grantable FROM ${state} AS state, aclexplode(CASE WHEN cardinality(acl) > 0 THEN acl END)`
  const what = `privilege_type || coalesce(' (' || quote_ident(col) || ')', ''), kind, object,
        CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END`
  return `DO ${dollarQuoted(`
DECLARE
  statement text;
BEGIN
  IF coalesce(current_setting(${quoteLiteral(setting)}, true), '') = '' THEN
    RAISE WARNING USING MESSAGE = ${quoteLiteral(`the grants of ${all} are not known any more: grant them again`)};
    RETURN;
  END IF;
  FOR statement IN
    SELECT format('ALTER %s %s OWNER TO %I', kind, object, pg_get_userbyid(kept.owner))
    FROM ${kept} AS kept JOIN ${now} AS now USING (kind, object)
    WHERE kept.col IS NULL AND now.col IS NULL AND kept.owner <> now.owner
  LOOP
    EXECUTE statement;
  END LOOP;
  FOR statement IN
    SELECT format('REVOKE %s ON %s %s FROM %s', ${what})
    FROM (${entries(now)} EXCEPT ${entries(kept)}) AS extra
  LOOP
    EXECUTE statement;
  END LOOP;
  FOR statement IN
    SELECT format('GRANT %s ON %s %s TO %s', ${what}) || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
    FROM (${entries(kept)} EXCEPT ${entries(now)}) AS lost
    WHERE EXISTS (SELECT FROM ${now} AS now
      WHERE now.kind = lost.kind AND now.object = lost.object AND now.col IS NOT DISTINCT FROM lost.col)
  LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM set_config(${quoteLiteral(setting)}, '', false);
END
`)}`
}

// A sequence that belongs to a column has the table's owner, and no ALTER … OWNER of its own.
function grantsQuery(
  { relations = [], routines = [], types = [] }: GrantedObjects,
  renamed: GrantedObjects['renamed'] = {},
): string {
  const none = 'NULL::oid AS relation, NULL::smallint AS number'
  const parts = [
    ...(relations.length === 0
      ? []
      : [
          `SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, object, NULL::text AS col,
    CASE WHEN relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
      AND objid = pg_class.oid AND refobjsubid > 0 AND deptype IN ('a', 'i')) THEN relowner END AS owner,
    coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, relowner)) AS acl, ${none}
  FROM ${named(relations, renamed)} JOIN pg_class ON oid = to_regclass(place)`,
          `SELECT 'TABLE', object, attname::text, NULL::oid, attacl, attrelid, attnum
  FROM ${named(relations, renamed)} JOIN pg_attribute ON attrelid = to_regclass(place) AND attnum > 0 AND NOT attisdropped`,
        ]),
    ...(routines.length === 0
      ? []
      : [
          `SELECT 'ROUTINE' AS kind, object, NULL::text AS col, proowner AS owner, coalesce(proacl, acldefault('f', proowner)) AS acl, ${none}
  FROM ${named(routines, renamed)} JOIN pg_proc ON oid = to_regprocedure(place)`,
        ]),
    ...(types.length === 0
      ? []
      : [
          `SELECT 'TYPE' AS kind, object, NULL::text AS col, typowner AS owner, coalesce(typacl, acldefault('T', typowner)) AS acl, ${none}
  FROM ${named(types, renamed)} JOIN pg_type ON oid = to_regtype(place)`,
        ]),
  ]
  return parts.join('\n  UNION ALL ')
}

/** Names, each with the one under which the object is to be found. */
function named(names: readonly string[], renamed: Readonly<Record<string, string>>): string {
  const list = (texts: readonly string[]) => `ARRAY[${texts.map(quoteLiteral).join(', ')}]`
  return `unnest(${list(names)}, ${list(names.map((name) => renamed[name] ?? name))}) AS named (object, place)`
}
