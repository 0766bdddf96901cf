import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: others', () => {
  test.for(
    casesOf(
      'partition-',
      'statistics-',
      'extension-',
      'comment-',
      'lines-',
      'names-',
      'text-search-',
      'operator-',
      'publication-',
      'foreign-',
      'cast-',
      'collation-',
    ),
  )('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})
