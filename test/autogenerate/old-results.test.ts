import pg from 'pg'
import { expect, inject, test } from 'vitest'
import { headerNotes } from '../../migrations/core/autogenerate/write/header-notes.ts'
import { serverVersion } from '../fingerprint/fixture.ts'
import { proveCase } from './support/case.ts'

async function version(): Promise<number> {
  const client = new pg.Client({ connectionString: inject('adminUrl') })
  await client.connect()
  return serverVersion(client).finally(() => client.end())
}

const model = (body: string) => `
  CREATE FUNCTION slug(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT ${body} $$;
  CREATE FUNCTION short_slug(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT left(rfx_user.slug(t), 9) $$;
  CREATE DOMAIN word AS text CHECK (slug(VALUE) <> '');
  CREATE TABLE t (id int PRIMARY KEY, n text, s text GENERATED ALWAYS AS (slug(n)) STORED,
    CONSTRAINT c CHECK (slug(n) <> ''),
    CONSTRAINT x EXCLUDE USING btree (slug(n) WITH =));
  CREATE INDEX i ON t (short_slug(n));
  CREATE INDEX other ON t (n);
  CREATE VIEW w AS SELECT slug(n) AS s FROM t;
  CREATE MATERIALIZED VIEW m AS SELECT * FROM w;`

test('what is stored as the old body of a function gave it is named, with the statements that renew it', async () => {
  const { revisions } = await proveCase({
    name: 'old results',
    before: model('lower(t)'),
    after: model(`replace(lower(t), ' ', '-')`),
    seed: `INSERT INTO rfx_user.t (id, n) VALUES (1, 'A B')`,
    decisions: {},
  })
  const [revision] = revisions
  const { stale = [] } = revision?.upgrade.costs ?? {}
  expect(stale.map(({ object }) => object).sort()).toEqual([
    'column rfx_user.t.s',
    'constraint rfx_user.t.c',
    'constraint rfx_user.t.x',
    'domain constraint rfx_user.word.word_check',
    'index rfx_user.i',
    'materialized view rfx_user.m',
  ])
  const notes = revision === undefined ? [] : headerNotes(revision.upgrade, revision.downgrade)
  expect(notes).toContain(
    'Index rfx_user.i keeps what the old body of rfx_user.slug(text) gave; to bring it up to date:',
  )
  expect(notes).toContain('  REINDEX INDEX CONCURRENTLY rfx_user.i;')
  const renewed =
    (await version()) < 17
      ? '  UPDATE rfx_user.t SET s = DEFAULT;'
      : '  ALTER TABLE rfx_user.t ALTER COLUMN s SET EXPRESSION AS (rfx_user.slug(n));'
  expect(notes).toContain(renewed)
  expect(notes).toContain('  REFRESH MATERIALIZED VIEW rfx_user.m;')
})
