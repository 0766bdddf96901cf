import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  catalogName,
  qualifiedName,
  quoteIdent,
  quoteIdentAlways,
  quoteLiteral,
} from '../../migrations/core/postgres/sql/quote.ts'
import { databaseTest } from '../support/database.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({
    unit: fc.constantFrom('"', "'", '\\', '`', '$', '{', ';', '-', '\n', 'é', '😀', 'A', 'b', '_', '1', '.'),
  }),
)

databaseTest("quotes names and texts exactly as PostgreSQL's own functions do", async ({ database }) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        hostile.filter((text) => !text.includes('\0')),
        { maxLength: 50 },
      ),
      async (texts) => {
        const { rows } = await database.client.query(
          'SELECT quote_ident(t) AS ident, quote_literal(t) AS literal FROM unnest($1::text[]) WITH ORDINALITY u(t, n) ORDER BY n',
          [texts],
        )
        expect(texts.map((text) => ({ ident: quoteIdent(text), literal: quoteLiteral(text) }))).toEqual(rows)
      },
    ),
    { numRuns: 100 },
  )
})

databaseTest('quotes every keyword as the server does', async ({ database }) => {
  const { rows } = await database.client.query(
    'SELECT word, quote_ident(word) AS quoted FROM pg_get_keywords()',
  )
  expect(rows.map(({ word }) => quoteIdent(word))).toEqual(rows.map(({ quoted }) => quoted))
})

databaseTest('a written name is in the catalog as the server puts it there', async ({ database }) => {
  const written = ['Order', '"Or""der"', 'ÉTage', '"Ä b"', 'A'.repeat(70), `x${'é'.repeat(40)}`]
  const { rows } = await database.client.query<{ name: string }>(
    'SELECT (parse_ident(t)::name[])[1]::text AS name FROM unnest($1::text[]) WITH ORDINALITY u(t, n) ORDER BY n',
    [written],
  )
  expect(written.map(catalogName)).toEqual(rows.map(({ name }) => name))
})

databaseTest('a hostile text comes back as it went', async ({ database }) => {
  const text = `a'b\\c"d\ne😀$$ -- ; \`\${x}`
  const { rows } = await database.client.query(
    `SELECT ${quoteLiteral(text)} AS value, 1 AS ${quoteIdentAlways(text)}`,
  )
  expect(rows).toEqual([{ value: text, [text]: 1 }])
})

test('refuses what PostgreSQL cannot hold', () => {
  expect(() => quoteIdent('a\0b')).toThrow(expect.objectContaining({ code: 'bad-text' }))
  expect(() => quoteLiteral('\ud800')).toThrow(expect.objectContaining({ code: 'bad-text' }))
})

test('quotes schema and name each for itself', () => {
  expect(qualifiedName('rfx_user', 'Order')).toBe('rfx_user."Order"')
})
