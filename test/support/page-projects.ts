import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A project as readers have it before they begin: its files, and what its database holds. */
export interface PageProject {
  readonly files: Readonly<Record<string, string>>
  readonly sql: string
}

const shop = `CREATE SCHEMA shop;
CREATE TABLE shop.customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
CREATE TABLE shop."order" (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES shop.customer);
`
const first = `CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "name" text NOT NULL);`
const second = `ALTER TABLE "users" ADD COLUMN "mood" text DEFAULT 'a';`
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** The projects that blocks of the pages name after `sh`, where the package is installed. */
export const pageProjects: Readonly<Record<string, () => PageProject>> = {
  own: () => ({ files: {}, sql: shop }),
  sql: () => ({ files: { 'schema.sql': shop }, sql: shop }),
  alembic() {
    const fixture = join(import.meta.dirname, '..', 'adopt', 'fixtures', 'alembic')
    const names = readdirSync(fixture, { recursive: true, encoding: 'utf8' })
    const files = names.filter((name) => statSync(join(fixture, name)).isFile())
    const text = (name: string) => readFileSync(join(fixture, name), 'utf8')
    return {
      files: Object.fromEntries(files.map((name) => [`api/${name}`, text(name)])),
      sql: text('upgrade.sql'),
    }
  },
  drizzle() {
    const entries = ['0000_first', '0001_mood'].map((tag, idx) => ({
      ...{ idx, version: '7', when: 1_700_000_000_000 + idx * 1000, tag, breakpoints: true },
    }))
    const ledger = entries.map(
      ({ when }, at) =>
        `INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${sha256([first, second][at] ?? '')}', ${when});`,
    )
    return {
      files: {
        'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
        'drizzle/0000_first.sql': first,
        'drizzle/0001_mood.sql': second,
      },
      sql: `${first} ${second} CREATE SCHEMA drizzle;
        CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
        ${ledger.join('\n')}`,
    }
  },
  prisma() {
    const applied = { '20240131120000_init': first, '20240201120000_mood': second }
    const rows = Object.entries(applied).map(
      ([name, sql], at) =>
        `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) VALUES ('${at}', '${sha256(sql)}', '${name}', now() + '${at} s', now() + '${at} s');`,
    )
    return {
      files: {
        'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
        ...Object.fromEntries(
          Object.entries(applied).map(([name, sql]) => [`prisma/migrations/${name}/migration.sql`, sql]),
        ),
      },
      // As Prisma's schema engine makes it.
      sql: `${first} ${second} CREATE TABLE _prisma_migrations (
        id varchar(36) PRIMARY KEY NOT NULL, checksum varchar(64) NOT NULL, finished_at timestamptz,
        migration_name varchar(255) NOT NULL, logs text, rolled_back_at timestamptz,
        started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count integer NOT NULL DEFAULT 0);
        ${rows.join('\n')}`,
    }
  },
}
