import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { expect } from 'vitest'
import { justOn, succeed } from '../../e2e/support/just.ts'
import { databaseTest } from '../../support/database.ts'
import { repository, temporaryFolder } from '../../support/recipes.ts'

const history = [
  `CREATE FUNCTION org() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT NULLIF(current_setting('app.org', true), '')::bigint $$;`,
  `CREATE TABLE "project" ("id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "project_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1), "org" bigint DEFAULT org() NOT NULL);
--> statement-breakpoint
ALTER TABLE "project" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY "own" ON "project" AS PERMISSIVE FOR ALL TO public USING (org = org()) WITH CHECK (org = org());`,
  `ALTER TABLE "project" FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
INSERT INTO "project" ("org") VALUES (1), (2);`,
]
const entries = history.map((_, idx) => ({
  ...{ idx, version: '7', when: 1_700_000_000_000 + idx * 1000, tag: `000${idx}_step`, breakpoints: true },
}))
const models = (more: string) => `import { sql } from 'drizzle-orm'
  import { bigint, pgPolicy, pgTable, text } from 'drizzle-orm/pg-core'
  export const project = pgTable('project', {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    org: bigint('org', { mode: 'number' }).notNull().default(sql\`org()\`), ${more}
  }, () => [pgPolicy('own', { using: sql\`org = org()\`, withCheck: sql\`org = org()\` })])`

databaseTest(
  'a Drizzle project with row security comes from its history to a revision of its own, and keeps it',
  { timeout: 180_000 },
  async ({ database }) => {
    const project = await temporaryFolder({
      'package.json': '{ "type": "module" }',
      'drizzle.config.ts':
        "export default { dialect: 'postgresql', schema: './src/schema.ts', out: './drizzle' }",
      'src/schema.ts': models(''),
      'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
      ...Object.fromEntries(history.map((sql, at) => [`drizzle/000${at}_step.sql`, sql])),
    })
    try {
      mkdirSync(join(project.path, 'node_modules'))
      for (const name of ['drizzle-orm', 'drizzle-kit'])
        symlinkSync(join(repository, 'node_modules', name), join(project.path, 'node_modules', name))
      await migrate(drizzle(database.client), { migrationsFolder: join(project.path, 'drizzle') })
      const just = justOn(database.url, { cwd: project.path })
      await succeed(just('mig-import drizzle'))
      const needed = readFileSync(join(project.path, 'migrations/models/needed.sql'), 'utf8')
      expect(needed).toContain('FUNCTION public.org()')
      expect(needed).not.toContain('ROW LEVEL SECURITY')
      await succeed(just('mig-check'))
      await succeed(just('mig-verify'))
      await project.write({ 'src/schema.ts': models("note: text('note'),") })
      await succeed(just('mig-autogen note'))
      await succeed(just('mig-upgrade'))
      await succeed(just('mig-check'))
      const { rows } = await database.client.query(
        `SELECT relrowsecurity AND relforcerowsecurity AS secure, (SELECT count(*)::int FROM project) AS count,
           (SELECT count(*)::int FROM pg_policy) AS policies FROM pg_class WHERE oid = 'project'::regclass`,
      )
      expect(rows).toEqual([{ secure: true, count: 2, policies: 1 }])
    } finally {
      await project.remove()
    }
  },
)
