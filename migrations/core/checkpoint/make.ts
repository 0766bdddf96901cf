import type { ClientBase } from 'pg'
import { modelInput } from '../autogenerate/wanted/input.ts'
import { type Catalog, changeText, difference, readCatalog } from '../difference/index.ts'
import {
  compareFingerprints,
  type Fingerprint,
  fingerprintChangesText,
} from '../postgres/fingerprint/index.ts'
import {
  isServerError,
  messageWithoutValues,
  quoteIdent,
  setOwnPathLocal,
  setUserPathLocal,
} from '../postgres/index.ts'
import type { PlanStep, Project, Session } from '../runner/index.ts'
import { searchPathStatement } from '../runner/statement/own-sql.ts'
import { type ScratchDatabase, scratchOptions, withScratchDatabase } from '../scratch/database.ts'
import { runOnScratch, scratchProject } from '../scratch/project.ts'
import { type DatabaseFacts, differingFacts, extensionsIn, foreignObjects, readFacts } from './facts.ts'
import { wholeFingerprint } from './fingerprint.ts'
import type { Checkpoint } from './kept.ts'
import { type HeardHistory, listen } from './listen.ts'
import { rowsElsewhere } from './rows/elsewhere.ts'
import { type SharedSeeds, seedStatements, sharedSeeds, wrongTables } from './rows/seed-statements.ts'
import { readSeeds, type Seeds } from './rows/seeds.ts'
import { catalogScript, wholeScope } from './script.ts'

/** Why there is no checkpoint of a history. */
export class NoCheckpoint extends Error {}

/** Above this, reading it back takes as long as the revisions. */
const mostText = 64 * 1024 * 1024

/** What a checkpoint is made from. */
interface Source {
  readonly project: Project
  readonly steps: readonly PlanStep[]
  readonly schemas: readonly string[]
  readonly facts: DatabaseFacts
  readonly heard: HeardHistory
}

/**
 * Makes the checkpoint of a whole history on scratch databases: the history is run there, what it leaves is written as a
 * script, and the script is run on another one, where both observers and the rows have to be the same. No row of another
 * database is read.
 * @param session of the empty database that it is for, which is left alone
 * @param facts that database's
 * @throws NoCheckpoint with the reason; MigError `no-scratch`, and what a revision throws
 */
export async function makeCheckpoint(
  session: Session,
  project: Project,
  steps: readonly PlanStep[],
  facts: DatabaseFacts,
): Promise<Checkpoint> {
  const heard = await listen(project, steps)
  if ('why' in heard) throw new NoCheckpoint(`${heard.step.revision} ${heard.why}`)
  const schemas = [...new Set(steps.map(({ targetSchema }) => targetSchema))]
  const source: Source = { project: withoutTenants(project), steps, schemas, facts, heard }
  const options = scratchOptions(await modelInput(session, project, true, { looksAtLive: false }))
  const left = await withScratchDatabase(options, async (scratch) => {
    await replay(scratch, source)
    const found = await leftBy(scratch, source)
    if (heard.clock !== undefined && found.seeds.tables.length > 0)
      throw new NoCheckpoint(`rows may differ at another time: ${heard.clock}`)
    return found
  })
  const seeds = left.varies
    ? await withScratchDatabase(options, async (scratch) => {
        await replay(scratch, source)
        return alike(left.seeds, await readSeeds(scratch.client, { schemas }))
      })
    : alike(left.seeds, left.seeds)
  const wordsIn = (name: string) => name.toLowerCase().match(/[\w$\u0080-\uffff]+/g) ?? []
  const rewritten = Object.entries(seeds.own).flatMap(([table, columns]) =>
    Object.keys(columns).flatMap((column) =>
      heard.rewritten.has('*') || wordsIn(column).every((word) => heard.rewritten.has(word))
        ? [`${table}, column ${column}`]
        : [],
    ),
  )
  if (rewritten.length > 0)
    throw new NoCheckpoint(`a value may change after its default is set: ${rewritten.join('; ')}`)
  const structure = await withScratchDatabase(options, async ({ client }) => {
    await client.query(['BEGIN', ...beginning(source), 'COMMIT'].join('; '))
    const from = await readCatalog(client)
    return catalogScript(client, { from, to: left.catalog, scope: wholeScope(schemas) }, [])
  })
  if (structure === undefined) throw new NoCheckpoint('its result cannot be created in one transaction')
  const statements = [
    ...extensionStatements(source),
    setUserPathLocal,
    ...structure,
    setOwnPathLocal,
    ...seedStatements(seeds),
  ]
  if (statements.join().length > mostText) throw new NoCheckpoint('its rows take more than 64 MB')
  await withScratchDatabase(options, (scratch) => expectSame(scratch, source, { left, seeds, statements }))
  return { steps: steps.length, statements, fingerprint: left.fingerprint.hash }
}

/** The project with its single lines alone. */
function withoutTenants(project: Project): Project {
  const lines = project.env.lines.filter(({ tenants }) => tenants === null)
  return { ...project, env: { ...project.env, lines, filter: lines.map(({ key }) => key) } }
}

/** Runs the history on a scratch database, which has to be as the database is that the checkpoint is for. */
async function replay(scratch: ScratchDatabase, source: Source): Promise<void> {
  const { project, steps, schemas, facts } = source
  const { client } = scratch
  const own = ownSchemas(scratch, source)
  const differing = differingFacts(facts, await readFacts(client, schemas))
  if (differing.length > 0) throw new NoCheckpoint(`a scratch database differs in ${differing.join(', ')}`)
  const before = await foreignObjects(client, own, schemas)
  if (before.length > 0) throw new NoCheckpoint(`a new database of this server has ${before.join(', ')}`)
  await runOnScratch(client, scratchProject(project), { direction: 'upgrade', target: 'heads' })
  const { rows } = await client.query<{ revision: string }>(
    `SELECT revision FROM ${quoteIdent(project.env.ledgerSchema)}.log WHERE outcome = 'done' ORDER BY id`,
  )
  const taken = rows.map(({ revision }) => revision).join()
  if (taken !== steps.map(({ revision }) => revision).join())
    throw new NoCheckpoint('a scratch database would take other steps')
  const outside = await foreignObjects(client, [...own, ...schemas], [])
  if (outside.length > 0) throw new NoCheckpoint(`the revisions make ${outside.join(', ')}`)
}

/** The schemas of a scratch database that are not the project's. */
function ownSchemas({ role }: ScratchDatabase, { project }: Source): readonly string[] {
  return [project.env.ledgerSchema, ...(role === undefined ? [] : [role.helper.schema])]
}

/** What a history leaves, as both observers see it, and the rows. */
interface Left {
  readonly catalog: Catalog
  readonly fingerprint: Fingerprint
  readonly extensions: string
  readonly seeds: Seeds
  /** By table, what the tables of others have, as those of extensions. */
  readonly elsewhere: ReadonlyMap<string, string>
  /** Whether the rows may be others the next time. */
  readonly varies: boolean
}

async function leftBy(scratch: ScratchDatabase, source: Source): Promise<Left> {
  const { client } = scratch
  const { schemas, heard } = source
  const fingerprint = await wholeFingerprint(client, schemas)
  const [unknown] = fingerprint.unknown
  if (unknown !== undefined) throw new NoCheckpoint(`${unknown.what} ${unknown.identity} is not read`)
  const seeds = await readSeeds(client, { schemas })
  return {
    fingerprint,
    catalog: await readCatalog(client),
    extensions: extensionsIn(await readFacts(client, schemas)),
    seeds,
    elsewhere: await rowsElsewhere(client, [...ownSchemas(scratch, source), ...schemas]),
    varies: seeds.tables.length > 0 && (heard.varies || (await mayVary(client, schemas))),
  }
}

/** Whether values come from more than constants and sequences. */
async function mayVary(client: ClientBase, schemas: readonly string[]): Promise<boolean> {
  const { rows } = await client.query<{ varies: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
                    WHERE n.nspname::text = ANY ($1) OR (p.oid >= 16384 AND p.provolatile = 'v' AND EXISTS (
                      SELECT FROM pg_catalog.pg_depend AS e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')))
         OR EXISTS (SELECT FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                    JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                    WHERE n.nspname::text = ANY ($1) AND a.attgenerated = ''
                      AND pg_catalog.pg_get_expr(d.adbin, d.adrelid) !~ '^(nextval\\(''([^'']|'''')*''::regclass\\)|-?[0-9.]+|true|false|(''([^'']|'''')*''|NULL)::[\\w ".,()\\[\\]]+)$') AS varies`,
    [schemas],
  )
  return rows[0]?.varies ?? true
}

/** The rows that are the same each time. */
function alike(one: Seeds, other: Seeds): SharedSeeds {
  const seeds = sharedSeeds(one, other)
  if ('what' in seeds) throw new NoCheckpoint(`rows of ${seeds.table} differ in each run: ${seeds.what}`)
  const [elsewhere] = standingElsewhere(one, other)
  if (elsewhere !== undefined) throw new NoCheckpoint(`${elsewhere} has a different position in each run`)
  return seeds
}

/** Sequences that stand elsewhere, and materialized views of which one is filled. */
function standingElsewhere(one: Seeds, other: Seeds): readonly string[] {
  const entries = ({ sequences, filled }: Seeds) =>
    new Map([
      ...sequences.map(({ name, ...position }) => [name, JSON.stringify(position)] as const),
      ...filled.map((name) => [name, 'filled'] as const),
    ])
  const [a, b] = [entries(one), entries(other)]
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name))
}

/** What comes before the structure: the schemas, and extensions as the revisions make them. */
function beginning(source: Source): readonly string[] {
  return [
    ...source.schemas.map((schema) => `CREATE SCHEMA ${quoteIdent(schema)}`),
    ...extensionStatements(source),
  ]
}

function extensionStatements({ heard }: Source): readonly string[] {
  return heard.extensions.flatMap(({ step, sql }) => [searchPathStatement(step, 'transaction'), sql])
}

/** Runs the script on a new scratch database and holds it against what the history left. @throws NoCheckpoint */
async function expectSame(
  scratch: ScratchDatabase,
  source: Source,
  made: { readonly left: Left; readonly seeds: SharedSeeds; readonly statements: readonly string[] },
): Promise<void> {
  const { left, seeds, statements } = made
  const { schemas } = source
  const { client } = scratch
  const create = schemas.map((schema) => `CREATE SCHEMA ${quoteIdent(schema)}`)
  await client.query(['BEGIN', ...create, ...statements, 'COMMIT'].join(';\n')).catch((error: unknown) => {
    if (!isServerError(error)) throw error
    throw new NoCheckpoint(`its script does not run: ${messageWithoutValues(error)}`)
  })
  await client.query('RESET ALL')
  const now = await leftBy(scratch, source)
  const changes = [
    ...difference(now.catalog, left.catalog, wholeScope(schemas)).changes.map(changeText),
    ...(now.fingerprint.hash === left.fingerprint.hash
      ? []
      : [fingerprintChangesText(compareFingerprints(left.fingerprint, now.fingerprint))]),
    ...wrongTables(seeds, now.seeds).map((table) => `rows of ${table}`),
    ...standingElsewhere(now.seeds, left.seeds).map((name) => `position of ${name}`),
    ...(now.extensions === left.extensions ? [] : ['extensions']),
    ...[...left.elsewhere].flatMap(([table, rows]) =>
      now.elsewhere.get(table) === rows ? [] : [`rows of ${table}`],
    ),
    ...(await foreignObjects(client, [...ownSchemas(scratch, source), ...schemas], [])),
  ]
  if (changes.length > 0)
    throw new NoCheckpoint(`its script gives a different result:\n${changes.join('\n')}`)
}
