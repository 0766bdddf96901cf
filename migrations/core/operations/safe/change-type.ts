import { qualifiedName, quoteIdent } from '../../postgres/sql/quote.ts'
import { type ColumnType, typeSql } from '../clauses/common.ts'
import { dollarQuoted } from '../clauses/routines.ts'
import type { BackfillSpec, Statement } from '../contract.ts'
import type { ExistingIndex } from '../directives/indexes.ts'
import { type NameScope, nameSql, type ObjectName, resolvedName } from '../names.ts'
import { addColumnSql, notNullProof, type Swap, swapSql } from './change-type-sql.ts'
import { createIndex } from './indexes.ts'
import { helperName, type SafeStep } from './steps.ts'

export interface ChangeTypeOptions extends Pick<BackfillSpec, 'key' | 'batchSize' | 'pause' | 'throttle'> {
  readonly type: ColumnType
  /** The new value from the row's columns, as SQL; default: a cast. It must be NULL only where the old value is. */
  readonly using?: string
  /** The default of the new column, as SQL; null for none. Needed when the column has one. */
  readonly default?: string | null
  /** The indexes on the column, which are built again on the new one. */
  readonly indexes?: readonly (Omit<ExistingIndex, 'table' | 'concurrently' | 'ifNotExists'> & {
    readonly name: string
  })[]
}

/**
 * Another type for a column of a table in use: a new column, a trigger that fills it for every write, a backfill of
 * the rows that are there, and a swap of the two under a short lock. NOT NULL and the comment go over to the new
 * column, which is the last of the table. Its reverse is the same with the old type.
 *
 * Whatever else depends on the column (a key, a view, a policy, a grant …) would be lost, so the first statement
 * refuses and names it. The backfill fires the table's own triggers. A partitioned table may be given, by a column that
 * is in no index and no partition key; a table from which others inherit in the old way may not.
 */
export function changeType(
  scope: NameScope,
  table: ObjectName,
  column: string,
  options: ChangeTypeOptions,
): readonly SafeStep[] {
  const { indexes = [], type, using = `${quoteIdent(column)}::${typeSql(scope, type)}` } = options
  const { schema, name } = resolvedName(scope, table)
  const helper = helperName('change type', schema, name, column)
  const swap: Swap = {
    tableSql: nameSql(scope, table),
    column,
    helper,
    typeSql: typeSql(scope, type),
    functionSql: qualifiedName(schema, helper),
    // BEFORE triggers fire by name: this one has to see what the others have made of the row.
    trigger: `zz_${helper}`,
    newDefault: options.default,
    indexes: indexes.map((index, position) => ({
      name: index.name,
      helperSql: qualifiedName(schema, indexHelper(helper, position)),
    })),
  }
  const builtIndexes = indexes.flatMap(({ name: _name, columns, ...rest }, position) =>
    createIndex(
      scope,
      indexHelper(helper, position),
      table,
      columns.map((element) => renamedElement(element, column, helper)),
      rest,
    ),
  )
  return [
    addColumnSql(swap),
    ...keepInStep(swap, name, using),
    { backfill: backfillSpec({ schema, name }, helper, using, options) },
    ...notNullProof(swap),
    ...builtIndexes,
    swapSql(swap),
  ]
}

function keepInStep(swap: Swap, table: string, using: string): readonly Statement[] {
  // The row as a table of its own name, so that `using` reads here as it does in the backfill.
  const body = `
#variable_conflict use_column
BEGIN
  NEW.${quoteIdent(swap.helper)} := (SELECT ${using} FROM (SELECT NEW.*) AS ${quoteIdent(table)});
  RETURN NEW;
END
`
  return [
    {
      sql: `CREATE OR REPLACE FUNCTION ${swap.functionSql}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS ${dollarQuoted(body)}`,
    },
    {
      sql: `CREATE OR REPLACE TRIGGER ${quoteIdent(swap.trigger)} BEFORE INSERT OR UPDATE ON ${swap.tableSql} FOR EACH ROW EXECUTE FUNCTION ${swap.functionSql}()`,
    },
  ]
}

function backfillSpec(
  table: Exclude<BackfillSpec['table'], string>,
  helper: string,
  using: string,
  { key, batchSize, pause, throttle }: ChangeTypeOptions,
): BackfillSpec {
  return {
    table,
    set: `${quoteIdent(helper)} = ${using}`,
    where: `${quoteIdent(helper)} IS NULL AND (${using}) IS NOT NULL`,
    key,
    batchSize,
    pause,
    throttle,
  }
}

function indexHelper(helper: string, position: number): string {
  return `${helper}_${position}`
}

function renamedElement<Element>(element: Element, column: string, helper: string): Element | string {
  if (element === column) return helper
  const isColumn =
    typeof element === 'object' && element !== null && 'column' in element && element.column === column
  return isColumn ? { ...element, column: helper } : element
}
