import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { AutogenerateResult } from '../../migrations/core/autogenerate/index.ts'
import { casesOf, proveCase } from './support/case.ts'

/** The statements of both directions, as `expected.sql` has them. */
function statementsOf({ revisions }: AutogenerateResult): string {
  const textOf = (side: 'upgrade' | 'downgrade') =>
    revisions.flatMap((revision) => revision[side].sections.flatMap(({ statements }) => statements))
  const part = (side: 'upgrade' | 'downgrade') =>
    [`-- ${side}`, ...textOf(side).map((sql) => `${sql};`)].join('\n')
  return `${part('upgrade')}\n\n${part('downgrade')}\n`
}

describe.concurrent('generated and proved: renames', () => {
  test.for(casesOf('rename-'))('$name', async (given, { expect }) => {
    const expected = join(import.meta.dirname, 'cases', given.name, 'expected.sql')
    await expect(statementsOf(await proveCase(given))).toMatchFileSnapshot(expected)
  })
})
