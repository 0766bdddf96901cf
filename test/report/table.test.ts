import { describe, expect, test } from 'vitest'
import { type TextColumn, table } from '../../migrations/core/report/table.ts'

interface Row {
  readonly name: string
  readonly count: number | null
}

const columns: readonly TextColumn<Row>[] = [
  { title: 'name', value: (row) => row.name },
  { title: 'count', value: (row) => row.count, align: 'right' },
]

describe('table', () => {
  test('aligns columns, wide characters included, and leaves no spaces at line ends', () => {
    const text = table(columns, [
      { name: '日本', count: 12 },
      { name: 'a', count: null },
    ])
    expect(text).toBe('name  count\n日本     12\na         -')
  })

  test('keeps a cell on one line', () => {
    expect(table(columns, [{ name: 'a\nb\u001b[2J', count: 1 }])).toBe(
      'name        count\na b\\x1b[2J      1',
    )
  })

  test('says that it is empty', () => {
    expect(table(columns, [])).toBe('nothing to show')
    expect(table(columns, [], { empty: 'no tenants' })).toBe('no tenants')
  })
})
