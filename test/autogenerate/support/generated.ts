import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { AutogenerateResult } from '../../../migrations/core/autogenerate/index.ts'
import { casesIn, proveCase } from './case.ts'

/**
 * Tests of a group's cases: each is generated and proved, and its statements are those of its `expected.sql`. With `-u`
 * vitest rewrites these files, for people to read in review.
 */
export function testCases(group: string): void {
  describe.concurrent(`generated and proved: ${group}`, () => {
    test.for(casesIn(group))('$name', async (given, { expect }) => {
      const result = await proveCase(given)
      expect(result.revisions.length).toBeGreaterThan(0)
      await expect(statementsOf(result)).toMatchFileSnapshot(join(given.folder, 'expected.sql'))
    })
  })
}

/** The statements of both directions; with the line where there are several revisions, and what commits where it matters. */
export function statementsOf({ revisions }: AutogenerateResult): string {
  const isOne = revisions.length === 1
  const isPlain = revisions.every(({ upgrade, downgrade }) =>
    [...upgrade.sections, ...downgrade.sections].every(({ autocommit }) => !autocommit),
  )
  const side = (name: 'upgrade' | 'downgrade') =>
    (name === 'upgrade' ? revisions : revisions.toReversed()).flatMap((revision) => [
      isOne ? `-- ${name}` : `-- ${name} of ${revision.line}`,
      ...revision[name].sections.flatMap(({ autocommit, statements }) => [
        ...(isPlain ? [] : [autocommit ? '-- each on its own:' : '-- in one transaction:']),
        ...statements.map((sql) => `${sql};`),
      ]),
    ])
  return [...side('upgrade'), '', ...side('downgrade'), ''].join('\n')
}
