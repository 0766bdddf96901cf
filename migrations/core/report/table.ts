import { textWidth } from '../text-width.ts'
import { plainStyle, type Style } from './style.ts'
import { oneLine, padText } from './text.ts'

/** One column of a table: its title, and the text of a row's cell. */
export interface TextColumn<Row> {
  readonly title: string
  readonly value: (row: Row) => string | number | null | undefined
  /** Default `left`. */
  readonly align?: 'left' | 'right'
  /** Marks the finished cell, as with a colour. */
  readonly paint?: (cell: string, row: Row) => string
}

export interface TableOptions {
  /** What an empty table says instead. Default `nothing to show`. */
  readonly empty?: string
  readonly style?: Style
}

/**
 * A table as aligned text, without a line break at its end. Columns stand two spaces apart; an empty cell is `-`;
 * a cell is always one line.
 */
export function table<Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  options: TableOptions = {},
): string {
  if (rows.length === 0) return options.empty ?? 'nothing to show'
  const style = options.style ?? plainStyle
  const cells = rows.map((row) => columns.map((column) => cellText(column.value(row))))
  const widths = columns.map((column, at) =>
    Math.max(textWidth(column.title), ...cells.map((line) => textWidth(line[at] ?? ''))),
  )
  const head = columns.map((column, at) => style.strong(padText(column.title, widths[at] ?? 0, column.align)))
  const body = rows.map((row, index) =>
    columns.map((column, at) => {
      const padded = padText(cells[index]?.[at] ?? '', widths[at] ?? 0, column.align)
      return column.paint === undefined ? padded : column.paint(padded, row)
    }),
  )
  return [head, ...body].map((line) => line.join('  ').trimEnd()).join('\n')
}

function cellText(value: string | number | null | undefined): string {
  const text = value === null || value === undefined ? '' : oneLine(String(value))
  return text === '' ? '-' : text
}
