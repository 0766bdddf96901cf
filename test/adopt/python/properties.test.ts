import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAlembicRevision } from '../../../migrations/core/adopt/alembic/revision-file.ts'
import { readPython } from '../../../migrations/core/adopt/python/statements.ts'
import { MigError } from '../../../migrations/core/errors.ts'

/** A text as Python writes it, in one of its ways. */
function pythonText(text: string, quote: string): string {
  const escaped = text
    .replace(/\\/g, '\\\\')
    .replace(/'/g, "\\'")
    .replace(/"/g, '\\"')
    .replace(/\r/g, '\\r')
    .replace(/\0/g, '\\x00')
  return `${quote}${quote.length === 3 ? escaped : escaped.replace(/\n/g, '\\n')}${quote}`
}

const quotes = fc.constantFrom("'", '"', "'''", '"""')

describe('reading Python', () => {
  test('gives every text back as Python would, however it is written and split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'grapheme' }), quotes), { minLength: 1, maxLength: 4 }),
        (parts) => {
          const source = `x = (${parts.map(([text, quote]) => pythonText(text, quote)).join('\n  ')})  # end\n`
          const [statement] = readPython(source, 'x.py').statements
          const value = statement?.kind === 'assign' ? statement.value : undefined
          expect(value).toMatchObject({ kind: 'string', value: parts.map(([text]) => text).join('') })
        },
      ),
    )
  })

  test('does not depend on line ends, a byte order mark or tabs', () => {
    const source =
      "from alembic import op\nrevision = 'a'\ndef upgrade():\n    for t in ['a',\n              'b']:\n        op.execute('''SELECT\n1 ''' \\\n            + t)\n"
    const expected = [
      { kind: 'sql', sql: 'SELECT\n1 a' },
      { kind: 'sql', sql: 'SELECT\n1 b' },
    ]
    for (const text of [
      source,
      source.replaceAll('\n', '\r\n'),
      `\uFEFF${source}`,
      source.replaceAll('    ', '\t'),
    ]) {
      expect(readAlembicRevision(text, 'x.py')?.upgrade).toEqual(expected)
    }
  })

  test('of any text ends, with statements or an error that names the line', () => {
    const words = fc.constantFrom(
      'def',
      'f',
      '(',
      ')',
      ':',
      '\n',
      '    ',
      '"""',
      "'",
      'if',
      'else',
      'for',
      'in',
      '=',
      ',',
      '{',
      '}',
      '[',
      ']',
      'lambda',
      '*',
      '**',
      '@',
      'with',
      'as',
      'return',
      'op.execute',
      '.',
      '1',
      '\\\n',
      '#',
      'f"{x}"',
      'not',
      'import',
      'from',
      ';',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(words).map((list) => list.join(' ')),
          fc.array(words).map((list) => list.join('')),
        ),
        (source) => {
          try {
            readAlembicRevision(`revision = 'a'\ndef upgrade():\n    pass\n${source}`, 'x.py')
          } catch (error) {
            expect(error).toBeInstanceOf(MigError)
            expect(String(error)).toMatch(/x\.py:\d+/)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('keeps the SQL of op.execute byte for byte, where it has nothing that SQLAlchemy reads', () => {
    const sql = fc
      .string({ unit: 'binary', minLength: 1 })
      .map((text) => text.replace(/[:\\\uD800-\uDFFF]/g, '').trim())
      .filter((text) => text !== '' && !/^(commit|begin)/i.test(text))
    fc.assert(
      fc.property(sql, quotes, (text, quote) => {
        const source = `from alembic import op\nrevision = 'a'\ndef upgrade():\n    op.execute(${pythonText(text, quote)})\n`
        expect(readAlembicRevision(source, 'x.py')?.upgrade).toEqual([{ kind: 'sql', sql: text }])
      }),
    )
  })
})
