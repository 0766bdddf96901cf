import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { adoptedIsFinal, autogenerateProject, surroundingsFile } from '../../autogenerate/index.ts'
import { checkProject } from '../../check/index.ts'
import { type Change, changeText } from '../../difference/index.ts'
import { type Environment, loadEnvironment } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { openProject, type Project, type Session } from '../../runner/index.ts'
import { makeReferred, type OnLive, surroundingsOwnership } from '../../scratch/surroundings/surroundings.ts'
import { expectTrustedLive } from '../../scratch/trust-live.ts'
import { adoptRows, checkNotAdopted } from '../import/adopt-rows.ts'
import type { AdoptedRows } from '../import/applied.ts'
import { withScratch } from '../import/replay.ts'
import { environmentText } from './environment-text.ts'
import { type FoundModels, findModels } from './found-models.ts'
import { type ExportedPart, exportModels, type ModelText } from './models.ts'
import { importableRecipes, recipeFiles } from './recipes.ts'
import { type FoundLedger, type FoundSchema, foundLive, keysOf, namedSchemas } from './schemas.ts'
import { type Writer, writer } from './writer.ts'

export interface InitRequest {
  /** Schemas to manage, `name` or `key=name` with commas between them; default: all that hold something. */
  readonly schemas: string
  /** Whether to write first revisions from the live database. Default: yes, unless another tool's ledger is there. */
  readonly baseline?: boolean
  /** The package's own justfile. */
  readonly justfile: string
  readonly now: Date
}

export interface InitResult {
  /** Relative to the project folder. */
  readonly files: readonly string[]
  readonly schemas: readonly FoundSchema[]
  /** The first revisions, which the ledger says are applied. */
  readonly adopted: readonly AdoptedRows[]
  readonly ledgers: readonly FoundLedger[]
  /** Schemas that others own, which were left alone. */
  readonly others: readonly string[]
  readonly models?: OwnModels
}

/** The models that a project has already, and what differs from the live database. */
interface OwnModels extends Pick<FoundModels, 'what'> {
  readonly changes: readonly Change[]
  /** Why they do not load. */
  readonly problem?: MigError
  /** Kinds that the database has and the models cannot say, which env.ts says they are silent on. */
  readonly silentOn: readonly string[]
}

/**
 * Sets a project up from its live database: env.ts, models, recipes, and a first revision per line, proved up, down
 * and up, equal to the live database, and stamped. Models that the project has already stay where they are. Nothing that
 * exists is overwritten, and nothing stays when a part fails.
 * @param env an environment without env.ts, for its folders and database
 * @throws MigError `already-there` for an environment folder with something in it, `recipe-exists`,
 *   `other-ledger` (exit 4) when another tool keeps a ledger and `baseline` does not say what to do,
 *   `unknown-live-schema`, `export-differs` (exit 5), and what `autogenerateProject` throws.
 */
export async function initProject(
  session: Session,
  env: Environment,
  request: InitRequest,
): Promise<InitResult> {
  refuseExisting(env)
  const dir = relative(env.root, env.dir)
  const recipes = recipeFiles(env.root, dir, importableRecipes(request.justfile))
  const {
    schemas: live,
    ledgers,
    others,
    othersExtensions,
  } = await foundLive(session.client, env.ledgerSchema)
  if (ledgers.some(({ tool }) => tool !== undefined) && request.baseline === undefined)
    throw otherLedger(ledgers)
  const found = await findModels(env, request.baseline !== false)
  const schemas = chosenSchemas(request.schemas, live, others, found)
  await checkNotAdopted(
    session,
    env.ledgerSchema,
    schemas.map(({ schema }) => ({ targetSchema: schema, revisions: [] })),
  )
  const shown =
    schemas.length > 0 ? schemas : [{ key: 'app', schema: found === undefined ? 'app' : 'public' }]
  const excluded = ledgers.map(({ table }) => table)
  const written = writer(env.root)
  const writeSettings = (models?: FoundModels) =>
    written.write(join(env.dir, 'env.ts'), environmentText(env, shown, excluded, models))
  try {
    writeSettings()
    const exported = await exportedModels(session, env, {
      schemas: shown,
      excludeTables: excluded,
      othersExtensions,
    })
    const files = exported.map(({ name, text }) => ({ path: join(env.modelsDir, name), text }))
    for (const { path, text } of files) written.write(path, text)
    const project = await writtenProject(session, env)
    await writeSurroundings(session, project, written)
    const wantsBaseline = schemas.length > 0 && live.length > 0 && request.baseline !== false
    const adopted = wantsBaseline ? await baseline(session, project.env, request.now, written) : undefined
    const models =
      found === undefined
        ? undefined
        : await replaceModels(session, env, found, {
            ...{ written, writeSettings, exported: files, isAdopted: adopted !== undefined },
          })
    for (const { path, text, appends } of recipes) written.write(path, text, appends)
    // Last: what fails before takes the files away again, and must leave no rows of theirs.
    if (adopted !== undefined) await adoptRows(session, adopted.project, adopted.rows)
    return {
      files: written.files(),
      schemas: shown,
      adopted: adopted?.rows ?? [],
      ledgers,
      others: others.filter((name) => !shown.some(({ schema }) => schema === name)),
      ...(models === undefined ? {} : { models }),
    }
  } catch (error) {
    written.undo()
    throw error
  }
}

/**
 * Puts the project's own models in the place of those that were exported: what the database has is in the first revision,
 * and from here on they say what it should be.
 */
async function replaceModels(
  session: Session,
  env: Environment,
  found: FoundModels,
  { written, writeSettings, exported, isAdopted }: ExportedProject,
): Promise<OwnModels> {
  writeSettings(found)
  for (const { path } of exported) written.remove(path)
  const project = await writtenProject(session, env)
  const texts = exported.map(({ text }) => text)
  await writeSurroundings(session, project, written, texts)
  const differs = isAdopted ? await differing(session, project) : { changes: [] }
  const silentOn = kindsToLeave(differs.changes, found)
  if (found.silence !== undefined && silentOn.length > 0)
    writeSettings({ ...found, code: found.silence.code(silentOn) })
  const changes = differs.changes.filter(({ kind, verb }) => verb !== 'drop' || !silentOn.includes(kind))
  return { ...differs, what: found.what, changes, silentOn }
}

interface ExportedProject {
  readonly written: Writer
  readonly writeSettings: (models: FoundModels) => void
  /** The files of the exported models. */
  readonly exported: readonly { readonly path: string; readonly text: string }[]
  readonly isAdopted: boolean
}

/** The schemas that the user names, else those of a tool's settings, else those of the database that nobody else owns. */
function chosenSchemas(
  named: string,
  live: readonly string[],
  others: readonly string[],
  found: FoundModels | undefined,
): readonly FoundSchema[] {
  if (named !== '') return namedSchemas(named, live)
  const own = live.filter((schema) => !others.includes(schema))
  return keysOf(found?.schemas === undefined ? own : own.filter((schema) => found.schemas?.includes(schema)))
}

/** The live schemas as models. */
function exportedModels(
  session: Session,
  env: Environment,
  part: Omit<ExportedPart, 'surround'>,
): Promise<readonly ModelText[]> {
  const onLive: OnLive = (body) => body(session.client)
  const mapped = withSchemas(env, part.schemas)
  const ownership = { ...surroundingsOwnership(mapped), onlyExtensions: part.othersExtensions ?? [] }
  return withScratch(session, env, async (client) => {
    const own = { schemas: part.schemas.map(({ schema }) => schema), trustLive: env.trustLive }
    await expectTrustedLive(client, onLive, own)
    const surround = (texts: readonly string[]) => makeReferred(client, onLive, texts, mapped, ownership)
    return exportModels(session.client, client, { ...part, surround })
  })
}

/** The project as the files that are written by now say. */
async function writtenProject({ url }: Session, { root, dir, trustLive }: Environment): Promise<Project> {
  const env = await loadEnvironment({
    ...{ root, dir, trustLive },
    // The keys are new: what a variable or argument names is something else.
    filter: 'all',
    ...(url === null ? {} : { databaseUrl: url }),
  })
  return openProject(env)
}

/** @param texts what refers to surroundings besides the models and revisions of the project */
async function writeSurroundings(
  { client }: Session,
  project: Project,
  written: Writer,
  texts: readonly string[] = [],
): Promise<void> {
  const file = await surroundingsFile(client, project, texts)
  if (file !== undefined) written.write(file.path, file.text)
}

/** The kinds that only the database has and the models cannot say. */
function kindsToLeave(changes: readonly Change[], { silence }: FoundModels): readonly string[] {
  const dropped = changes.flatMap(({ kind, verb }) => (verb === 'drop' ? [kind] : []))
  return [...new Set(dropped)].filter((kind) => silence?.kinds.includes(kind)).toSorted()
}

/** What differs between the live database and the project's own models, or why they do not load. */
async function differing(
  session: Session,
  project: Project,
): Promise<Pick<OwnModels, 'changes' | 'problem'>> {
  try {
    const { drift } = await checkProject(session, project, { privileges: false })
    return { changes: drift.flatMap(({ changes }) => changes) }
  } catch (problem) {
    if (!(problem instanceof MigError)) throw problem
    return { changes: [], problem }
  }
}

/** The environment as its env.ts will say. */
function withSchemas(env: Environment, schemas: readonly FoundSchema[]): Environment {
  const lines = schemas.map(({ key, schema }) => ({ key, schema, tenants: null, locations: [] }))
  return { ...env, lines, schemas: Object.fromEntries(schemas.map(({ key, schema }) => [key, schema])) }
}

function refuseExisting(env: Environment): void {
  const entries = existsSync(env.dir) ? readdirSync(env.dir) : []
  if (entries.length === 0) return
  const dir = relative(env.root, env.dir)
  throw new MigError(
    'already-there',
    `${dir} has something in it already (${entries.slice(0, 5).join(', ')}); nothing was written`,
    {
      help: 'choose another folder for the environment: MIG_DIR=db/migrations, in .env too',
      place: { file: env.dir },
    },
  )
}

function otherLedger(ledgers: readonly FoundLedger[]): MigError {
  const first = ledgers.find(({ tool }) => tool !== undefined)
  return new MigError(
    'other-ledger',
    `the database has the ledger of another tool: ${ledgers.map(({ table }) => table).join(', ')}`,
    {
      help: `to keep its history, add --without-baseline and then just mig-import ${first?.tool} DIR; to start over from the database as it is, add --baseline`,
      exitCode: exitCodes.decisionNeeded,
      facts: { ledgers },
    },
  )
}

interface Baseline {
  readonly project: Project
  readonly rows: readonly AdoptedRows[]
}

/** Writes the first revision of each line, and shows that models and database are the same. */
async function baseline(session: Session, env: Environment, now: Date, written: Writer): Promise<Baseline> {
  const { files } = await autogenerateProject(session, openProject(env), {
    message: 'baseline',
    format: 'ts',
    now,
    privileges: false,
    strict: false,
    online: false,
    adopt: false,
    fromHistory: true,
    casts: { using: {}, recreate: [] },
    renames: { given: {}, others: 'off' },
    keep: false,
    irreversibleFirst: adoptedIsFinal,
  })
  for (const { path, text } of files) written.write(path, text)
  const project = openProject(env)
  const rows = env.lines.flatMap(({ key, schema }): AdoptedRows[] => {
    const revisions = project.graph.heads({ lines: [key] })
    return schema === null || revisions.length === 0
      ? []
      : [{ line: key, targetSchema: schema, revisions, from: 'the live database' }]
  })
  const { drift } = await checkProject(session, project, { privileges: false })
  const changes = drift.flatMap((line) => line.changes)
  if (changes.length > 0) throw exportDiffers(changes)
  return { project, rows }
}

function exportDiffers(changes: readonly Change[]): MigError {
  return new MigError(
    'export-differs',
    `the exported models are not what the database has:\n${changes.map(changeText).join('\n')}`,
    {
      help: 'add --without-baseline for env.ts and models alone, and fix the models by hand; just mig-check shows what is left',
      exitCode: exitCodes.proofFailed,
      facts: { changes },
    },
  )
}
