import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Client } from 'pg'
import { expect, inject } from 'vitest'
import {
  type AutogenerateInput,
  type AutogenerateResult,
  autogenerate,
  type GeneratedRevision,
  type Provable,
} from '../../../migrations/core/autogenerate/index.ts'
import type { ModelsPlace } from '../../../migrations/core/environment/index.ts'
import { runSections } from '../../../migrations/core/scratch/run-sections.ts'
import { administer } from '../../support/database.ts'
import { type Numbered, numbered } from './numbers.ts'

export const lines = [
  { key: 'user', schema: 'rfx_user', tenant: false },
  { key: 'policy', schema: 'rfx_policy', tenant: false },
  { key: 'message', schema: 'rfx_message', tenant: false },
]

const casesDir = join(import.meta.dirname, '..', 'cases')

export interface Case {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly seed: string
  /** What has to work after the upgrade and after the downgrade; rolled back. */
  readonly insert?: string
  /** A query of the rows after the upgrade, and what it gives: `rows.sql`, `rows.json`. */
  readonly rows?: { readonly query: string; readonly expected: unknown }
  /** What a person would have decided: `using`, `recreate`, `rename`. */
  readonly decisions: Partial<Decisions>
  /** Flags of `mig-autogen`, from the file `flags`: `--privileges`, `--online`. */
  readonly flags?: readonly string[]
  /** Roles of the server that the case names, one a line in the file `roles`. They stay until the server goes. */
  readonly roles?: readonly string[]
}

/** A case that is a folder of files. */
export interface CaseFolder extends Case {
  readonly folder: string
}

interface Decisions {
  readonly using: Readonly<Record<string, string>>
  readonly recreate: readonly string[]
  readonly rename: Readonly<Record<string, string>>
  /** Columns whose values read otherwise afterwards, as those of an enum whose value is renamed. */
  readonly changed: readonly string[]
}

/** The groups of case folders: `cases/<group>/<name>`. */
export function caseGroups(): readonly string[] {
  return readdirSync(casesDir)
}

/** The cases of one group. */
export function casesIn(group: string): readonly CaseFolder[] {
  return readdirSync(join(casesDir, group)).map((name) => caseAt(`${group}/${name}`))
}

/** The case of a folder, `columns/column-add`. */
export function caseAt(path: string): CaseFolder {
  const folder = join(casesDir, path)
  const read = (file: string) => {
    const whole = join(folder, file)
    return existsSync(whole) ? readFileSync(whole, 'utf8') : ''
  }
  const decisions = read('decisions.json')
  return {
    name: basename(path),
    folder,
    before: readFileSync(join(folder, 'before.sql'), 'utf8'),
    after: readFileSync(join(folder, 'after.sql'), 'utf8'),
    seed: read('seed.sql'),
    insert: read('insert.sql'),
    ...(read('rows.sql') === ''
      ? {}
      : { rows: { query: read('rows.sql'), expected: JSON.parse(read('rows.json')) as unknown } }),
    decisions: decisions === '' ? {} : (JSON.parse(decisions) as Partial<Decisions>),
    flags: read('flags').split(/\s+/).filter(Boolean),
    roles: read('roles').split('\n').filter(Boolean),
  }
}

/** The names of all case folders. */
export function allCaseNames(): readonly string[] {
  return caseGroups().flatMap((group) => readdirSync(join(casesDir, group)))
}

/**
 * Generates a case's revisions and has them proved: up, down and up, with all observers. Rows are for the
 * proof to follow; here a sequence keeps its position, and `insert.sql` runs after each step.
 * @param options.run what runs the statements, for a test that looks in between
 */
export async function proveCase(
  given: Case,
  {
    online = false,
    run = runSections,
  }: { readonly online?: boolean; readonly run?: typeof runSections } = {},
): Promise<AutogenerateResult> {
  await makeRoles(given.roles ?? [])
  return usingModels({ 'wanted.sql': `SET search_path = rfx_user, public;\n${given.after}` }, (modelsDir) => {
    const input: AutogenerateInput = {
      ...caseInput(modelsDir),
      online: online || (given.flags?.includes('--online') ?? false),
      privileges: given.flags?.includes('--privileges') ?? false,
      replay: async (client) => {
        await client.query(
          `SET search_path = rfx_user, public; SET check_function_bodies = off;\n${given.before}`,
        )
        if (given.seed !== '') await client.query(given.seed)
        await client.query('RESET ALL')
      },
      casts: { using: given.decisions.using ?? {}, recreate: given.decisions.recreate ?? [] },
      renames: { given: given.decisions.rename ?? {}, others: 'off' },
    }
    return autogenerate(input, (revisions) => ({
      files: [],
      provable: revisions.map((revision) => withSequences(revision, given, run)),
    }))
  })
}

/** Makes the roles that the server has not yet; other test files may do the same at the same time. */
async function makeRoles(roles: readonly string[]): Promise<void> {
  if (roles.length === 0) return
  const wanted = roles.map((role) => `'${role.replaceAll("'", "''")}'`).join(', ')
  await administer(`
    SELECT pg_advisory_xact_lock(hashtext('roles of the cases'));
    DO $$ DECLARE role text; BEGIN
      FOREACH role IN ARRAY ARRAY[${wanted}] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN EXECUTE format('CREATE ROLE %I', role); END IF;
      END LOOP;
    END $$`)
}

/** All models of a folder. */
export function modelsIn(folder: string): ModelsPlace {
  return { base: folder, sources: [{ key: undefined, source: '.' }], declared: false }
}

/** The parts of an input that all tests share. */
export function caseInput(modelsDir: string): Omit<AutogenerateInput, 'replay'> {
  return {
    scratchUrl: inject('adminUrl'),
    liveUrl: null,
    models: modelsIn(modelsDir),
    modelsDir,
    cacheDir: join(modelsDir, '.cache'),
    lines,
    filter: lines.map((line) => line.key),
    excludes: () => false,
    privileges: false,
    strict: false,
    online: false,
    keep: false,
    casts: { using: {}, recreate: [] },
    renames: { given: {}, others: 'ask' },
  }
}

/** Writes model files into a folder of their own, which goes away afterwards. */
export async function usingModels<T>(
  files: Readonly<Record<string, string>>,
  body: (modelsDir: string) => Promise<T>,
): Promise<T> {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'models-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(dir, name, '..'), { recursive: true })
      writeFileSync(join(dir, name), text)
    }
    return await body(dir)
  } finally {
    rmSync(dir, { recursive: true })
  }
}

function withSequences(
  revision: GeneratedRevision,
  { insert = '', rows }: Case,
  run: typeof runSections,
): Provable {
  let isFirst = true
  const keeping = async (client: Client, { sections }: GeneratedRevision['upgrade']) => {
    const numbersBefore = await numbered(client)
    await run(client, sections)
    expectPositions(numbersBefore, await numbered(client))
    await client.query(`BEGIN; SET LOCAL search_path = rfx_user, public;\n${insert};\nROLLBACK`)
  }
  return {
    name: revision.line,
    upgrade: async (client) => {
      await keeping(client, revision.upgrade)
      // Beside those that the proof has made. After the downgrade, rows have what it left of them.
      if (rows !== undefined && isFirst)
        expect(await rowsOf(client, rows.query)).toEqual(expect.arrayContaining(rows.expected as unknown[]))
      isFirst = false
    },
    downgrade: (client) => keeping(client, revision.downgrade),
  }
}

async function rowsOf(client: Client, query: string): Promise<readonly unknown[]> {
  await client.query('SET search_path = rfx_user, public')
  const { rows } = await client.query<Record<string, unknown>>(query)
  await client.query('RESET search_path')
  return rows
}

/** A sequence goes on where it was, or farther where several become one; one that is new goes on after the rows. */
function expectPositions(before: readonly Numbered[], after: readonly Numbered[]): void {
  for (const { column, passed, taken } of after) {
    const old = before.find((each) => each.column === column)
    if (old === undefined) expect({ column, taken }).toEqual({ column, taken: false })
    else expect({ column, back: Number(passed) < Number(old.passed) }).toEqual({ column, back: false })
  }
}
