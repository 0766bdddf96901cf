import { expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const settings = { schemas: { app: 'app' } }
const tables = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(
  (name) => `CREATE TABLE app.${name} (id int PRIMARY KEY, n int);`,
)
const before = `${tables.join('\n')}
  ALTER TABLE app.a ADD CONSTRAINT a_b FOREIGN KEY (n) REFERENCES app.b;
  CREATE VIEW app.kept AS SELECT id FROM app.c; CREATE VIEW app.gone AS SELECT id FROM app.c;
  CREATE MATERIALIZED VIEW app.stored AS SELECT id FROM app.c;
  CREATE MATERIALIZED VIEW app.filled WITH (fillfactor = 70) AS SELECT id FROM app.f;
  CREATE TABLE app.year (at int NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE app.old PARTITION OF app.year FOR VALUES FROM (0) TO (10);
  CREATE TABLE app.event (at int NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE app.new (at int NOT NULL);`
const after = `${tables.join('\n')}
  ALTER TABLE app.c ADD CONSTRAINT c_d FOREIGN KEY (n) REFERENCES app.d;
  ALTER TABLE app.e ADD CONSTRAINT positive CHECK (n > 0);
  CREATE INDEX f_n ON app.f (n);
  CREATE PUBLICATION changes FOR TABLE app.g;
  CREATE VIEW app.kept AS SELECT id, n FROM app.c;
  CREATE MATERIALIZED VIEW app.filled WITH (fillfactor = 80) AS SELECT id FROM app.f;
  CREATE TABLE app.year (at int NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE app.old (at int NOT NULL);
  CREATE TABLE app.event (at int NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE app.new PARTITION OF app.event FOR VALUES FROM (0) TO (10);`

labTest('the header names each lock that the server really takes', async ({ lab }) => {
  await writeModels(lab, { 'app.sql': before })
  await generateFiles(lab, {}, settings)
  expect((await lab.upgrade({ settings })).error).toBeUndefined()
  await writeModels(lab, { 'app.sql': after })
  const { files } = await generateFiles(lab, {}, settings)
  const [file] = files
  const [head = '', body = ''] = file?.text.split('downgrade(')[0]?.split('*/') ?? []
  const said = [...head.matchAll(/^ \* Locks (\S+): (.*)$/gm)].map(([, name, lock]) => `${name} ${lock}`)
  const { client } = lab.database
  const { rows: old } = await client.query<{ oid: string }>('SELECT oid::text FROM pg_class')
  await client.query('BEGIN')
  for (const [, sql = ''] of body.matchAll(/op\.execute\(`([^`]+)`\)/g)) await client.query(sql)
  const { rows } = await client.query<{ name: string; mode: string }>(
    `SELECT DISTINCT ON (l.relation) 'app.' || c.relname AS name, l.mode FROM pg_locks l
     JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm')
     WHERE l.pid = pg_backend_pid() AND l.mode ~ '^(Share|Exclusive|AccessExclusive)' AND l.mode <> 'AccessShareLock'
       AND l.relation = ANY ($1::oid[]) AND c.relnamespace = 'app'::regnamespace
     ORDER BY l.relation, array_position(ARRAY['AccessExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock'], l.mode)`,
    [old.map(({ oid }) => oid)],
  )
  await client.query('ROLLBACK')
  const words = (mode: string) =>
    mode
      .replace(/Lock$/, '')
      .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
  // What is dropped is in no catalog any more; kept is, as another view.
  const gone = said.filter((text) => /^app\.(gone|kept|stored) /.test(text))
  expect(gone).toEqual(expect.arrayContaining(['app.gone ACCESS EXCLUSIVE', 'app.stored ACCESS EXCLUSIVE']))
  expect(said.filter((text) => !gone.includes(text)).toSorted()).toEqual(
    rows.map(({ name, mode }) => `${name} ${words(mode)}`).toSorted(),
  )
})
