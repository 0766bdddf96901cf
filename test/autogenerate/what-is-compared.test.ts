import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { extraKindNames } from '../../migrations/core/difference/extras.ts'
import { allCaseNames, proveCase } from './support/case.ts'

const page = readFileSync(
  join(import.meta.dirname, '..', '..', 'docs', 'reference', 'what-is-compared.md'),
  'utf8',
)
const [, compared = '', limits = ''] = page.split(/^## /m)

/** The cells of a section's table, without its head. */
function rowsOf(section: string): readonly (readonly string[])[] {
  const lines = section.split('\n').filter((line) => /^\| [^-]/.test(line))
  return lines.slice(1).map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  )
}

test('each kind that is compared names a case that there is', () => {
  const cases = rowsOf(compared).map((cells) => cells.at(-1)?.replaceAll('`', '') ?? '')
  expect(cases.length).toBeGreaterThan(20)
  expect(cases.filter((name) => !allCaseNames().includes(name))).toEqual([])
})

/** Kinds that the engine does not compare and this project does: where the page has them. */
const places: Readonly<Record<string, string>> = {
  'cluster index': '`CLUSTER ON`',
  'column settings': 'storage, compression, statistics target, options',
  'constraint index': 'index of a constraint',
  'index statistics': 'statistics targets',
  'inherited column': 'its own defaults',
  'not-null constraint': '`NOT NULL`',
  operator: 'operator',
  'partition index': 'index of a partition',
  'partition trigger': 'trigger of a partition',
  'relation settings': 'type of a typed table',
  'statistics object': 'statistics object',
  'text search configuration': 'text search configuration',
  'text search dictionary': 'dictionary',
  'toast options': '`toast.` parameters',
  'view column': 'defaults and comments of columns',
}

test('each kind that this project adds to the engine is on the page', () => {
  expect([...extraKindNames].sort()).toEqual(Object.keys(places).sort())
  expect(Object.values(places).filter((text) => !compared.includes(text))).toEqual([])
})

describe.concurrent('what is not generated', () => {
  const rows = rowsOf(limits).map(([what = '', sql = '', shown = '']) => ({ what, sql, shown }))
  test.for(rows)('$what: $shown', async ({ sql, shown }) => {
    const after = sql.replace(/^`|`$/g, '')
    const made = proveCase({ name: after, before: 'SELECT 1', after, seed: '', decisions: {} })
    if (shown === 'warning') expect((await made).unmodeled).not.toEqual([])
    else await expect(made).rejects.toMatchObject({ exitCode: Number(/^exit (\d)$/.exec(shown)?.[1]) })
  })
})
