import { describe, expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const before = `
  CREATE TABLE app_user.team (id bigint PRIMARY KEY, "Odd Name" text);
  CREATE TABLE app_user.profile (id bigint, team bigint, name text, code text NOT NULL);
  CREATE INDEX old_name ON app_user.profile (name);`
const after = `
  CREATE TABLE app_user.team (id bigint PRIMARY KEY, "Odd Name" text NOT NULL);
  CREATE TABLE app_user.fresh (id bigint PRIMARY KEY, n int NOT NULL CHECK (n > 0));
  CREATE INDEX fresh_n ON app_user.fresh (n);
  CREATE TABLE app_user.profile (id bigint NOT NULL, team bigint, name text, code text NOT NULL,
    CONSTRAINT profile_pkey PRIMARY KEY (id),
    CONSTRAINT "profile (code)" UNIQUE (code) INCLUDE (name) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT profile_team FOREIGN KEY (team) REFERENCES app_user.team ON DELETE CASCADE,
    CONSTRAINT profile_name CHECK (name <> ''));
  CREATE UNIQUE INDEX new_name ON app_user.profile (lower(name)) WHERE name IS NOT NULL;`

/** The calls of a file, one text each, with a mark where they run outside the transaction. */
function calls(text: string): readonly string[] {
  return [...text.matchAll(/^( +)await op\.execute\(`([^`]*)`\)$/gm)].map(
    ([, indent = '', sql = '']) => `${indent.length > 2 ? 'alone: ' : ''}${sql}`,
  )
}

describe('the online form', () => {
  labTest(
    'reads tables that are there only where writers can go on, and is proved and run',
    async ({ lab }) => {
      await startAt(lab, { 'user.sql': before })
      await lab.database.client.query(`
      INSERT INTO app_user.team VALUES (1, 'a');
      INSERT INTO app_user.profile VALUES (1, 1, 'x', 'c'), (2, 1, NULL, 'd')`)
      await writeModels(lab, { 'user.sql': after })
      const { files } = await generateFiles(lab, { online: true })
      const [up = '', down = ''] = (files[0]?.text ?? '').split('export async function downgrade')
      const upgrade = calls(up)
      for (const alone of [
        'CREATE UNIQUE INDEX CONCURRENTLY new_name ON app_user.profile USING btree (lower(name)) WHERE (name IS NOT NULL)',
        'DROP INDEX CONCURRENTLY app_user.old_name',
        'ALTER TABLE app_user.profile VALIDATE CONSTRAINT profile_team',
        'ALTER TABLE app_user.profile VALIDATE CONSTRAINT profile_name',
        'CREATE UNIQUE INDEX CONCURRENTLY profile_pkey ON app_user.profile (id)',
        'CREATE UNIQUE INDEX CONCURRENTLY "profile (code)" ON app_user.profile (code) INCLUDE (name)',
      ])
        expect(upgrade).toContain(`alone: ${alone}`)
      const tail = (start: string) => upgrade.find((call) => call.startsWith(start))
      expect(tail('ALTER TABLE app_user.profile ADD CONSTRAINT profile_team')).toMatch(/ NOT VALID$/)
      expect(tail('ALTER TABLE app_user.profile ADD CONSTRAINT profile_name')).toMatch(/ NOT VALID$/)
      expect(upgrade).toContain(
        'ALTER TABLE app_user.profile ADD CONSTRAINT "profile (code)" UNIQUE USING INDEX "profile (code)" DEFERRABLE INITIALLY DEFERRED',
      )
      const set = upgrade.indexOf('ALTER TABLE app_user.team ALTER COLUMN "Odd Name" SET NOT NULL')
      expect(upgrade[set - 1]).toMatch(/^alone: ALTER TABLE app_user\.team VALIDATE CONSTRAINT just_mig_/)
      expect(upgrade[set + 1]).toMatch(/^ALTER TABLE app_user\.team DROP CONSTRAINT just_mig_/)
      const key = upgrade.findIndex((call) => call.includes('PRIMARY KEY USING INDEX'))
      const proved = upgrade.indexOf('ALTER TABLE app_user.profile ALTER COLUMN id SET NOT NULL')
      expect(upgrade[proved - 1]).toMatch(/VALIDATE CONSTRAINT/)
      expect(proved).toBeLessThan(key)
      expect(upgrade.filter((call) => call.includes('fresh') && call.includes('CONCURRENTLY'))).toEqual([])
      expect(calls(down)).toContain('alone: DROP INDEX CONCURRENTLY app_user.new_name')
      const run = await lab.upgrade()
      expect(run.error).toBeUndefined()
      expect((await generateFiles(lab)).files).toEqual([])
    },
  )
})
