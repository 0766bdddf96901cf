import type { ClientBase } from 'pg'
import {
  type Action,
  type MisorderedType,
  type ObjectId,
  ownAction,
  type TypeId,
} from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { recreateFlag } from '../questions/flags.ts'
import { columnText } from '../questions/names.ts'
import { type CastDecisions, recreates } from './decisions.ts'
import { repairFor } from './repairs.ts'
import { tryActions } from './trial.ts'
import { builtOnQuery, type ColumnRow, columnsQuery, dropType } from './types-in-use.ts'

/**
 * Drops composite types whose attributes cannot be brought into the wanted order, with what is built on them and holds
 * no data; the next difference recreates them. A column of such a type goes too, where a person said that it may: its
 * rows would be read in the new order.
 * @throws MigError `decision-needed` (exit 4) with the columns that were not decided
 */
export async function dropMisordered(
  client: ClientBase,
  types: readonly MisorderedType[],
  casts: CastDecisions,
): Promise<readonly Action[]> {
  const actions = new Map<string, Action>()
  const undecided: MisorderedColumn[] = []
  for (const { schema, name, attributes } of types) {
    const { rows: columns } = await client.query<ColumnRow>(columnsQuery, [schema, name])
    for (const column of columns) {
      const full = columnText({ ...column, name: column.column })
      if (!recreates(casts, full))
        undecided.push({ column: full, type: `${schema}.${name} (${attributes.join(', ')})` })
      const drop = dropColumn(column)
      actions.set(drop.sql, drop)
    }
    const { rows: built } = await client.query<TypeId>(builtOnQuery, [schema, name])
    for (const type of built) actions.set(dropType(type).sql, dropType(type))
  }
  if (undecided.length > 0) throw orderUndecided(undecided)
  const noCasts = { using: {}, recreate: [] }
  const trial = await tryActions(client, [...actions.values()], (each, refusal) =>
    repairFor(each, refusal, noCasts),
  )
  return trial.done
}

function dropColumn({ schema, table, column }: ColumnRow): Action {
  const id: ObjectId = { kind: 'column', schema, table, name: column }
  const sql = `ALTER TABLE ${qualifiedName(schema, table)} DROP COLUMN ${quoteIdent(column)}`
  return ownAction(sql, [], { destroys: [id], losesData: true, verb: 'drop' })
}

interface MisorderedColumn {
  readonly column: string
  readonly type: string
}

function orderUndecided(columns: readonly MisorderedColumn[]): MigError {
  const otherwise = `keep the order of the attributes, with new ones last, or let the column be dropped and added (its data is lost): ${recreateFlag(columns[0]?.column ?? '')}; --recreate '*' for all`
  return new MigError(
    'decision-needed',
    `columns hold a composite type whose attributes can only be added after the others, not in this order:\n${columns.map(({ column, type }) => `  ${column}: ${type}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: otherwise,
      facts: { columns, otherwise },
    },
  )
}
