import { describe, expect, test } from 'vitest'
import { type SideLoss, withLosses } from '../../migrations/core/revisions/index.ts'
import { textChecksum } from '../../migrations/core/runner/index.ts'

const table: SideLoss = { side: 'upgrade', loss: { kind: 'table', name: ['app', 'p'] } }
const column: SideLoss = { side: 'downgrade', loss: { kind: 'column', name: ['t', 'a*/b', '/*c'] } }

interface Case {
  readonly name: string
  readonly format: 'ts' | 'sql'
  /** `+` is where the lines come; they begin with the text after it. */
  readonly text: string
  readonly losses?: readonly SideLoss[]
}

const constants = `export const revision = 'a1'
export const downRevision = null
export async function upgrade() {}
`
const sections = '\n-- upgrade\nSELECT 1;\n\n-- downgrade\n'

const cases: readonly Case[] = [
  {
    name: 'below the fields of a comment',
    format: 'ts',
    text: `/**\n * m\n *\n * Revision: a1\n * Created: 2026-11-21T10:00:00Z\n+ * \n *\n * Locks app.p\n */\n${constants}`,
  },
  {
    name: 'below what is announced already, in notes of their own',
    format: 'ts',
    text: `/**\n * m\n *\n * Revision: a1\n *\n * Upgrade loses: table app.q\n+ * \n */\n${constants}`,
  },
  {
    name: 'above the constants, where a comment has no field',
    format: 'ts',
    text: `/**\n   * m\n   */\n+// \n${constants}`,
  },
  {
    name: 'above the constants, where there is no comment',
    format: 'ts',
    text: `import x from 'x'\n+// \n${constants}`,
  },
  {
    name: 'below line comments',
    format: 'sql',
    text: `-- m\n--\n-- Revision: a1\n-- Revises: base\n+-- \n${sections}`,
  },
  {
    name: 'below the last field, wherever it stands',
    format: 'sql',
    text: `-- Revision: a1\n-- Revises: base\n\n-- more\n-- Irreversible: no\n+-- \n${sections}`,
  },
  {
    name: 'above the sections, where a block comment goes on below the fields',
    format: 'sql',
    text: `/*\n m\n\n Revision: a1\n Revises: base\n*/\n\n+-- \n-- upgrade\n`,
  },
  {
    name: 'below a block comment that ends with its last field',
    format: 'sql',
    text: `/*\n   Revision: a1\n   Revises: base */\n+-- \n${sections}`,
  },
  {
    name: 'outside a block comment that a name would open another in',
    format: 'sql',
    text: `/* m\n\n Revision: a1\n Revises: base\n*/\n\n+-- \n-- upgrade\n`,
    losses: [column],
  },
]

describe('losses are announced', () => {
  for (const { name, format, text, losses = [table] } of cases) {
    for (const end of ['\n', '\r\n']) {
      test(`${name}, in .${format} with ${JSON.stringify(end)}`, () => {
        const lines = losses.map((each) =>
          each === table ? 'Upgrade loses: table app.p' : 'Downgrade loses: column t."a*/b"."/*c"',
        )
        const before = text.replace(/^\+.*\n/m, '').replaceAll('\n', end)
        const wanted = text.replace(/^\+(.*)\n/m, (_, start: string) =>
          lines.map((line) => `${start}${line}\n`).join(''),
        )
        const added = withLosses(before, format, losses)
        expect(added).toBe(wanted.replaceAll('\n', end))
        expect(textChecksum(added ?? '')).toBe(textChecksum(before))
      })
    }
  }

  test('with an end of comment in a name', () => {
    const text = `/**\n * m\n *\n * Revision: a1\n */\n${constants}`
    expect(withLosses(text, 'ts', [column])).toContain('\n * Downgrade loses: column t."a*\\/b"."/*c"\n */\n')
  })

  test('nowhere, where a head has no place that would not change the file', () => {
    expect(withLosses('/*\n Revision: a1\n Revises: base */', 'sql', [table])).toBeUndefined()
  })
})
