import { quoteIdent, quoteLiteral } from '../../postgres/sql/quote.ts'
import { dollarQuoted } from '../clauses/routines.ts'
import type { Statement } from '../contract.ts'
import { columnExists, constraintExists, doWhen, regclass } from './steps.ts'

/** A change of a column's type under way; names ending in `Sql` are quoted. */
export interface Swap {
  readonly tableSql: string
  readonly column: string
  /** The new column, and the CHECK that proves it NOT NULL. */
  readonly helper: string
  readonly typeSql: string
  readonly functionSql: string
  readonly trigger: string
  readonly newDefault: string | null | undefined
  readonly indexes: readonly { readonly name: string; readonly helperSql: string }[]
}

/** Add the new column, unless it is there or something would be lost with the old one. */
export function addColumnSql(swap: Swap): Statement {
  const { tableSql, column, helper } = swap
  const body = `
DECLARE
  lost text;
BEGIN
  IF ${columnExists(tableSql, helper)} THEN
    RETURN;
  END IF;
  SELECT pg_catalog.string_agg(what, ', ') INTO lost FROM (
    ${lostSql(swap)}
  ) AS dependents;
  IF lost IS NOT NULL THEN
    RAISE EXCEPTION USING
      ERRCODE = 'dependent_objects_still_exist',
      MESSAGE = pg_catalog.format('just-mig: changing the type of %s.%s would lose what depends on it: %s', ${quoteLiteral(tableSql)}, ${quoteLiteral(quoteIdent(column))}, lost),
      HINT = 'Name its indexes and its default in op.safe.changeType; drop the others before, and create them after, as those of a partitioned table, which cannot be built concurrently.';
  END IF;
  ALTER TABLE ${tableSql} ADD COLUMN ${quoteIdent(helper)} ${swap.typeSql};
END
`
  return { sql: `DO ${dollarQuoted(body)}` }
}

// NOT NULL constraints have a pg_constraint row of their own since PostgreSQL 18; the swap makes a new one. A partition
// loses what it has on the column too. That a column is in the partition key is in no dependency; and a trigger is
// not inherited, so that a table which inherits in the old way would not be kept in step.
function lostSql({ tableSql, column, newDefault, indexes }: Swap): string {
  const ofColumn = `attrelid IN (SELECT ${regclass(tableSql)} UNION SELECT relid FROM pg_catalog.pg_partition_tree(${regclass(tableSql)})) AND attname = ${quoteLiteral(column)}`
  const known = indexes.map(({ name }) => quoteLiteral(name)).join(', ')
  const ownDefault = `dependent.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND EXISTS (
        SELECT FROM pg_catalog.pg_attrdef
        WHERE oid = dependent.objid AND adrelid = attrelid AND adnum = attnum AND attgenerated = '' AND attidentity = ''
      )`
  return `SELECT pg_catalog.pg_describe_object(dependent.classid, dependent.objid, dependent.objsubid) AS what
    FROM pg_catalog.pg_attribute
    JOIN pg_catalog.pg_depend AS dependent
      ON dependent.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
      AND dependent.refobjid = attrelid AND dependent.refobjsubid = attnum
    WHERE ${ofColumn}
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE oid = dependent.objid AND contype = 'n')${
        newDefault === undefined ? '' : `\n      AND NOT (${ownDefault})`
      }${
        known === ''
          ? ''
          : `\n      AND NOT EXISTS (SELECT FROM pg_catalog.pg_index JOIN pg_catalog.pg_class AS index ON index.oid = indexrelid WHERE indexrelid = dependent.objid AND indrelid = ${regclass(tableSql)} AND index.relkind = 'i' AND index.relname IN (${known}))`
      }
    UNION ALL
    SELECT 'privileges of the column' FROM pg_catalog.pg_attribute
    WHERE ${ofColumn} AND attacl IS NOT NULL
    UNION ALL
    SELECT 'partition key of ' || partrelid::pg_catalog.regclass FROM pg_catalog.pg_partitioned_table
    JOIN pg_catalog.pg_attribute ON attrelid = partrelid AND attnum = ANY (partattrs::pg_catalog.int2[])
    WHERE ${ofColumn}
    UNION ALL
    SELECT 'rows of ' || inhrelid::pg_catalog.regclass || ', which inherits it'
    FROM pg_catalog.pg_inherits JOIN pg_catalog.pg_class ON pg_class.oid = inhparent
    WHERE inhparent = ${regclass(tableSql)} AND relkind <> 'p'`
}

/** A validated CHECK on the new column when the old one is NOT NULL, so that the swap scans nothing. */
export function notNullProof({ tableSql, column, helper }: Swap): readonly Statement[] {
  const wanted = `EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = ${regclass(tableSql)} AND attname = ${quoteLiteral(column)} AND attnotnull)`
  const check = quoteIdent(helper)
  return [
    doWhen(
      `${wanted} AND NOT ${constraintExists(tableSql, helper)}`,
      `ALTER TABLE ${tableSql} ADD CONSTRAINT ${check} CHECK (${check} IS NOT NULL) NOT VALID`,
    ),
    doWhen(constraintExists(tableSql, helper, false), `ALTER TABLE ${tableSql} VALIDATE CONSTRAINT ${check}`),
  ]
}

/** Put the new column in the place of the old one, in one transaction; a rerun that finds it done does nothing. */
export function swapSql(swap: Swap): Statement {
  const { tableSql, helper, newDefault } = swap
  const column = quoteIdent(swap.column)
  const fresh = quoteIdent(helper)
  const body = `
DECLARE
  old_column record;
  fresh_not_null name;
BEGIN
  IF NOT ${columnExists(tableSql, helper)} THEN
    RETURN;
  END IF;
  LOCK TABLE ${tableSql} IN ACCESS EXCLUSIVE MODE;
  SELECT attnotnull AS not_null, pg_catalog.col_description(attrelid, attnum) AS said, (${notNullName()}) AS not_null_name
    INTO old_column FROM pg_catalog.pg_attribute
    WHERE attrelid = ${regclass(tableSql)} AND attname = ${quoteLiteral(swap.column)};
  IF old_column.not_null THEN
    ALTER TABLE ${tableSql} ALTER COLUMN ${fresh} SET NOT NULL;
  END IF;
  DROP TRIGGER ${quoteIdent(swap.trigger)} ON ${tableSql};
  DROP FUNCTION ${swap.functionSql}();
  ALTER TABLE ${tableSql} DROP CONSTRAINT IF EXISTS ${fresh};
  ALTER TABLE ${tableSql} DROP COLUMN ${column};
  ALTER TABLE ${tableSql} RENAME COLUMN ${fresh} TO ${column};${
    typeof newDefault === 'string'
      ? `\n  ALTER TABLE ${tableSql} ALTER COLUMN ${column} SET DEFAULT ${newDefault};`
      : ''
  }${swap.indexes.map(({ name, helperSql }) => `\n  ALTER INDEX ${helperSql} RENAME TO ${quoteIdent(name)};`).join('')}
  SELECT (${notNullName()}) INTO fresh_not_null FROM pg_catalog.pg_attribute
    WHERE attrelid = ${regclass(tableSql)} AND attname = ${quoteLiteral(swap.column)};
  IF old_column.not_null_name <> fresh_not_null THEN
    EXECUTE pg_catalog.format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', ${quoteLiteral(tableSql)}, fresh_not_null, old_column.not_null_name);
  END IF;
  IF old_column.said IS NOT NULL THEN
    EXECUTE pg_catalog.format('COMMENT ON COLUMN %s IS %L', ${quoteLiteral(`${tableSql}.${column}`)}, old_column.said);
  END IF;
END
`
  return { sql: `DO ${dollarQuoted(body)}` }
}

// NULL before PostgreSQL 18, where NOT NULL has no name.
function notNullName(): string {
  return `SELECT conname FROM pg_catalog.pg_constraint WHERE conrelid = attrelid AND contype = 'n' AND conkey = ARRAY[attnum]`
}
