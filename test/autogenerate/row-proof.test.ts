import type { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { ownAction, type Rename } from '../../migrations/core/autogenerate/engine/index.ts'
import type { GeneratedRevision, Side } from '../../migrations/core/autogenerate/generate.ts'
import { prove } from '../../migrations/core/autogenerate/prove.ts'
import { proofRows } from '../../migrations/core/autogenerate/rows/index.ts'
import { runSections } from '../../migrations/core/autogenerate/run-sections.ts'
import { observe, type State } from '../../migrations/core/autogenerate/state.ts'
import type { MigError } from '../../migrations/core/index.ts'
import { withScratchDatabase } from '../../migrations/core/postgres/scratch.ts'
import { type Loss, parseLoss } from '../../migrations/core/revisions/losses.ts'

/** A revision by hand, with what its head says, and the word of the proof. */
interface Revision {
  readonly up: string
  readonly down: string
  readonly upLoses?: readonly string[]
  readonly downLoses?: readonly string[]
  readonly renames?: Readonly<Record<string, string>>
  /** Undefined where the revision is right. */
  readonly fails: RegExp | undefined
}

const before = `CREATE TABLE app.t (id bigserial PRIMARY KEY, name text NOT NULL, n numeric(8,2), at timestamptz);
  CREATE TABLE app.other (id int PRIMARY KEY, t bigint REFERENCES app.t)`

const sequenceAgain = `ALTER TABLE app.t ALTER id DROP DEFAULT; DROP SEQUENCE app.t_id_seq;
  CREATE SEQUENCE app.t_id_seq OWNED BY app.t.id; ALTER TABLE app.t ALTER id SET DEFAULT nextval('app.t_id_seq')`
const recreated = (
  old: string,
  name: string,
) => `ALTER TABLE app.other DROP CONSTRAINT other_t_fkey; DROP TABLE app.${old};
  CREATE TABLE app.${name} (id bigserial PRIMARY KEY, name text NOT NULL, n numeric(8,2), at timestamptz); DELETE FROM app.other;
  ALTER TABLE app.other ADD FOREIGN KEY (t) REFERENCES app.${name}`

/** Each is right for catalogs: both directions lead where they should, of empty tables. */
const revisions: Readonly<Record<string, Revision>> = {
  'a sequence that begins at 1 again': {
    up: `${sequenceAgain}; COMMENT ON TABLE app.t IS 'x'`,
    down: 'COMMENT ON TABLE app.t IS NULL',
    fails: /a new row cannot be added[\s\S]*app\.t\.id: duplicate key .* \(id\)=\(1\) already exists/,
  },
  'a table that is dropped and created instead of renamed': {
    up: recreated('t', 'u'),
    down: recreated('u', 't'),
    fails: /table app\.t went/,
  },
  'a rename that was asked for, and a drop that its head announces': {
    up: 'ALTER TABLE app.t DROP name; ALTER TABLE app.t ADD title text',
    down: `ALTER TABLE app.t DROP title; ALTER TABLE app.t ADD name text DEFAULT 'x' NOT NULL; ALTER TABLE app.t ALTER name DROP DEFAULT`,
    upLoses: ['column app.t.name'],
    downLoses: ['column app.t.title'],
    renames: { 'app.t.name': 'app.t.title' },
    fails: /column app\.t\.name went/,
  },
  'a column that is dropped and added': {
    up: 'ALTER TABLE app.t DROP at; ALTER TABLE app.t ADD at timestamptz; ALTER TABLE app.t ADD more int',
    down: 'ALTER TABLE app.t DROP more',
    downLoses: ['column app.t.more'],
    fails: /column app\.t\.at went/,
  },
  'values that a cast rounds': {
    up: 'ALTER TABLE app.t ALTER n TYPE integer',
    down: 'ALTER TABLE app.t ALTER n TYPE numeric(8,2)',
    fails: /values of column app\.t\.n went, which the head does not say: '1\.11' became '1\.00'/,
  },
  'values that a cast rounds, announced': {
    up: 'ALTER TABLE app.t ALTER n TYPE integer',
    down: 'ALTER TABLE app.t ALTER n TYPE numeric(8,2)',
    upLoses: ['values of column app.t.n'],
    fails: undefined,
  },
  'a downgrade that drops a column in silence': {
    up: 'ALTER TABLE app.t ADD more text',
    down: 'ALTER TABLE app.t DROP more',
    fails: /column app\.t\.more went/,
  },
  'a downgrade that deletes rows': {
    up: 'ALTER TABLE app.t ADD more text',
    down: 'DELETE FROM app.other; ALTER TABLE app.t DROP more',
    downLoses: ['column app.t.more'],
    fails: /rows of table app\.other went/,
  },
  'an upgrade that copies rows twice': {
    up: `INSERT INTO app.other SELECT id + (SELECT max(id) FROM app.other), t FROM app.other; ALTER TABLE app.t ADD more text`,
    down: 'ALTER TABLE app.t DROP more',
    downLoses: ['column app.t.more'],
    fails: /rows came into app\.other/,
  },
  'a loss that is none': {
    up: 'ALTER TABLE app.t ADD more text',
    down: 'ALTER TABLE app.t DROP more',
    upLoses: ['column app.t.name'],
    downLoses: ['column app.t.more'],
    fails: /the head says that column app\.t\.name is lost, and it is not/,
  },
  'a table that goes, and says so': {
    up: 'DROP TABLE app.other',
    down: 'CREATE TABLE app.other (id int PRIMARY KEY, t bigint REFERENCES app.t)',
    upLoses: ['table app.other'],
    fails: undefined,
  },
  'a rename': {
    up: 'ALTER TABLE app.t RENAME TO u; ALTER TABLE app.u RENAME name TO title',
    down: 'ALTER TABLE app.u RENAME title TO name; ALTER TABLE app.u RENAME TO t',
    renames: { 'app.t': 'app.u', 'app.t.name': 'app.u.title' },
    fails: undefined,
  },
}

const scope = { schemas: ['app'], excludes: () => false, globals: new Set<string>(), privileges: false }
const lines = [{ key: 'app', schema: 'app', tenant: false }]

function sideOf(sql: string, losses: readonly string[] = []): Side {
  const dataLoss = losses.map((text): Loss => parseLoss(text) ?? { kind: 'table', name: [text] })
  const touched = [
    { kind: 'table', schema: 'app', name: 't' },
    { kind: 'table', schema: 'app', name: 'u' },
  ] as const
  return {
    sections: [{ autocommit: false, statements: [sql] }],
    actions: [ownAction(sql, touched)],
    costs: { locks: [], rewrites: [], demands: [], conversions: [], stale: [], dataLoss },
    kept: {},
    losesGrants: [],
    withoutRows: [],
  }
}

/** `app.t` or `app.t.name` and its new whole name. */
function renameOf(old: string, now: string): Rename {
  const named = (text: string): Rename['from'] => {
    const [schema = '', table = '', column] = text.split('.')
    if (column === undefined) return { kind: 'table', schema, parent: null, name: table, args: null }
    return { kind: 'column', schema, parent: { kind: 'table', name: table }, name: column, args: null }
  }
  return { from: named(old), to: named(now) }
}

const fresh = `DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; ${before}`

/** The proof's error of a revision, or undefined; with rows, or with nobody who looks at rows. */
async function proofOf(
  client: Client,
  given: Revision,
  { base, wanted }: { readonly base: State; readonly wanted: State },
  looksAtRows: boolean,
): Promise<string | undefined> {
  await client.query(fresh)
  const revision: GeneratedRevision = {
    line: 'app',
    upgrade: sideOf(given.up, given.upLoses),
    downgrade: sideOf(given.down, given.downLoses),
    needs: [],
    references: { own: [], needs: [], drops: [] },
  }
  const provable = {
    name: 'the revision',
    upgrade: (session: Client) => runSections(session, revision.upgrade.sections),
    downgrade: (session: Client) => runSections(session, revision.downgrade.sections),
  }
  const { observer } = await proofRows(client, [revision], {
    lines,
    renames: Object.entries(given.renames ?? {}).map(([old, now]) => renameOf(old, now)),
  })
  const proof = { client, revisions: [provable], base, wanted, scope }
  return prove(looksAtRows ? { ...proof, rows: observer } : proof).then(
    () => undefined,
    (error: MigError) => error.message,
  )
}

test('revisions that lose rows are refused for their rows alone', async () => {
  await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    const wrong: string[] = []
    await client.query(fresh)
    const base = await observe(client, scope)
    for (const [name, revision] of Object.entries(revisions)) {
      await client.query(`${fresh}; ${revision.up}`)
      const ends = { base, wanted: await observe(client, scope) }
      const seen = await proofOf(client, revision, ends, true)
      const isRight = revision.fails === undefined ? seen === undefined : revision.fails.test(seen ?? '')
      if (!isRight) wrong.push(`${name}: ${seen}`)
      // Nobody else sees it: it is the rows that hold.
      const unseen = revision.fails === undefined ? undefined : await proofOf(client, revision, ends, false)
      if (unseen !== undefined) wrong.push(`${name}, without rows: ${unseen}`)
    }
    expect(wrong).toEqual([])
  })
}, 180_000)
