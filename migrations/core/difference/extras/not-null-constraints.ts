import { asIs, commentChange, type Extra, type ExtraKind, inQuotes, quoted, worded } from './kind.ts'

const generated = /_not_null\d*$/

/**
 * What a NOT NULL constraint says beyond NOT NULL, since it is a constraint of its own in PostgreSQL 18: its name, NOT
 * VALID, NO INHERIT and its comment. The engine sets and drops NOT NULL itself, and does not see one that is not valid
 * (see not-valid.ts).
 */
export const notNullConstraints: ExtraKind = {
  name: 'not-null constraint',
  lock: 'accessExclusive',
  query: (version) =>
    version < 180000
      ? `SELECT NULL::text AS schema, NULL::text AS relation, NULL::text AS name, NULL::json AS values WHERE false`
      : `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'constraint', con.conname,
             'not valid', CASE WHEN NOT con.convalidated THEN 'yes' END,
             'no inherit', CASE WHEN con.connoinherit THEN 'yes' END,
             'comment', obj_description(con.oid, 'pg_constraint')) AS values
    FROM pg_constraint con
    JOIN pg_class c ON c.oid = con.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = con.conkey[1]
    WHERE con.contype = 'n' AND con.conislocal AND con.coninhcount = 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: {
    constraint: asIs,
    'not valid': worded({}, 'no'),
    'no inherit': worded({}, 'no'),
    comment: inQuotes,
  },
  change: (from, to, either) => {
    const table = quoted(either.schema, either.relation ?? '')
    const name = to?.values.constraint
    const old = from?.values.constraint
    if (to === undefined || name == null) {
      const isLeft = from?.values['not valid'] != null && old != null
      return { before: isLeft ? [`ALTER TABLE ${table} DROP CONSTRAINT ${quoted(old)}`] : [], after: [] }
    }
    if (to.values['not valid'] != null && from?.values['not valid'] == null) {
      const inherit = to.values['no inherit'] == null ? '' : ' NO INHERIT'
      const constraint = `CONSTRAINT ${quoted(name)} NOT NULL ${quoted(to.name)}${inherit} NOT VALID`
      return [`ALTER TABLE ${table} ADD ${constraint}`, ...commented(undefined, to)]
    }
    // The engine has just set NOT NULL, under a name that PostgreSQL chose: the rest follows once that is known.
    return old == null ? [] : altered(from, to, old, name)
  },
}

function altered(from: Extra | undefined, to: Extra, old: string, name: string): readonly string[] {
  const table = `ALTER TABLE ${quoted(to.schema, to.relation ?? '')}`
  // Chosen by PostgreSQL, with a number where it was taken, and kept when the table is renamed or attached.
  const isSame = old === name || (generated.test(old) && generated.test(name))
  const noInherit = to.values['no inherit'] ?? null
  return [
    ...(isSame ? [] : [`${table} RENAME CONSTRAINT ${quoted(old)} TO ${quoted(name)}`]),
    ...(noInherit === (from?.values['no inherit'] ?? null)
      ? []
      : [
          `${table} ALTER CONSTRAINT ${quoted(isSame ? old : name)} ${noInherit === null ? 'INHERIT' : 'NO INHERIT'}`,
        ]),
    ...commented(from, to, isSame ? old : name),
  ]
}

function commented(from: Extra | undefined, to: Extra, name = to.values.constraint ?? ''): readonly string[] {
  return commentChange(`CONSTRAINT ${quoted(name)} ON ${quoted(to.schema, to.relation ?? '')}`, from, to)
}
