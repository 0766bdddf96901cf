import { existsSync, readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Change, changeText } from '../../difference/index.ts'
import { type Environment, environmentFile, excludedTables } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { openProject, type Session } from '../../runner/index.ts'
import { findHistories, findSettings } from '../find-histories.ts'
import { adoptRows, checkNotAdopted } from '../import/adopt-rows.ts'
import type { AdoptedRows } from '../import/applied.ts'
import { addSchemas } from './add-schemas.ts'
import { firstRevisions } from './first-revisions.ts'
import { type FoundModels, findModels } from './found-models.ts'
import { takesPrivileges } from './grants.ts'
import type { InitRequest, InitResult, OwnModels } from './init-request.ts'
import {
  differing,
  exportedModels,
  whereTheyLoad,
  withSchemas,
  writeSurroundings,
  writtenProject,
} from './live-project.ts'
import { neededModel, neededText, withNeeded } from './needed-model.ts'
import { importableRecipes, recipeFiles } from './recipes.ts'
import { type FoundLedger, type FoundSchema, foundLive, keysOf, namedSchemas } from './schemas.ts'
import { environmentText } from './settings-text.ts'
import { warnOfUrlElsewhere } from './url-elsewhere.ts'
import { type Writer, writer } from './writer.ts'

/**
 * Sets a project up from its live database: env.ts, models, recipes, and a first revision per line, proved up, down
 * and up, equal to the live database, and stamped. Models that the project has already stay where they are. Nothing that
 * exists is overwritten, and nothing stays when a part fails. Where env.ts is there, the schemas that are named are added to it.
 * @param env an environment without env.ts, for its folders and database; else the one that its env.ts says
 * @throws MigError `already-there` for an environment folder with something in it, `recipe-exists`,
 *   `other-ledger` (exit 4) when another tool keeps a ledger and `baseline` does not say what to do, `grants-found` (exit 4),
 *   `unknown-live-schema`, `export-differs` (exit 5), and what `autogenerateProject` throws.
 */
export async function initProject(
  session: Session,
  env: Environment,
  request: InitRequest,
): Promise<InitResult> {
  if (request.schemas !== '' && environmentFile(env.dir) !== undefined)
    return addSchemas(session, env, request)
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
  const settings = new Set([found?.settings ?? [], findSettings(env.root)].flat())
  warnOfUrlElsewhere(env, [...settings], session.emit)
  const schemas = chosenSchemas(request.schemas, live, others, found)
  await checkNotAdopted(
    session,
    env.ledgerSchema,
    schemas.map(({ schema }) => ({ targetSchema: schema, revisions: [] })),
  )
  const histories = findHistories(env.root)
  // What other tools make is in public, unless they are told otherwise.
  const usual = found === undefined && histories.length === 0 ? 'app' : 'public'
  const shown = schemas.length > 0 ? schemas : [{ key: 'app', schema: usual }]
  const excluded = ledgers.map(({ table }) => table)
  const written = writer(env.root)
  const wantsBaseline = schemas.length > 0 && live.length > 0 && request.baseline !== false
  const privileges = await takesPrivileges(
    session.client,
    {
      schemas: wantsBaseline ? schemas.map(({ schema }) => schema) : [],
      excludes: excludedTables(excluded),
    },
    request.privileges,
  )
  const writeSettings = (map: readonly FoundSchema[], models?: FoundModels) =>
    written.write(join(env.dir, 'env.ts'), environmentText(env, map, excluded, models))
  try {
    writeSettings(shown)
    const exported = await exportedModels(session, env, {
      schemas: shown,
      excludeTables: excluded,
      ...{ othersExtensions, privileges },
    })
    const files = exported.texts.map(({ name, text }) => ({ path: join(env.modelsDir, name), text }))
    for (const { path, text } of files) written.write(path, text)
    const project = await writtenProject(session, env)
    await writeSurroundings(session, project, written)
    const first = { now: request.now, privileges }
    const adopted = wantsBaseline ? await baseline(session, project.env, first, written) : []
    const replaced =
      found === undefined
        ? undefined
        : await replaceModels(session, env, found, {
            ...{ written, writeSettings, exported: files, schemas: shown, isAdopted: adopted.length > 0 },
            needed: found.silentOn === undefined ? undefined : neededText(exported.actions, found.silentOn),
            asksModels: schemas.length === 0,
          })
    const map = replaced?.schemas ?? shown
    for (const { path, text, appends } of recipes) written.write(path, text, appends)
    // Last: what fails before takes the files away again, and must leave no rows of theirs.
    await adoptRows(session, openProject(project.env), adopted)
    return {
      files: written.files(),
      schemas: map,
      adopted,
      isFilled: exported.actions.length > 0,
      ledgers,
      histories,
      others: others.filter((name) => !map.some(({ schema }) => schema === name)),
      models: replaced?.models,
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
  { written, exported, schemas, isAdopted, asksModels, needed, ...settings }: ExportedProject,
): Promise<{ readonly models: OwnModels; readonly schemas: readonly FoundSchema[] }> {
  for (const { path } of exported) written.remove(path)
  const path = join(env.dir, neededModel)
  if (needed !== undefined) written.write(path, needed)
  const writeSettings = (map: readonly FoundSchema[]) =>
    settings.writeSettings(map, needed === undefined ? found : withNeeded(found))
  writeSettings(schemas)
  const { schemas: map, problem } = asksModels
    ? await schemasOfModels(session, env, schemas)
    : { schemas, problem: undefined }
  if (map !== schemas) writeSettings(map)
  const project = await writtenProject(session, env)
  const texts = exported.map(({ text }) => text)
  const differs = await whereTheyLoad(async () => {
    await writeSurroundings(session, project, written, texts)
    return isAdopted ? differing(session, project, false) : []
  })
  const { what, tablesFilter } = found
  return {
    models: {
      ...(problem === undefined ? {} : { problem }),
      ...(needed === undefined ? {} : { needed: relative(env.root, path) }),
      ...{ ...differs, what, tablesFilter },
    },
    schemas: map,
  }
}

/**
 * The schemas that the models themselves define something in, where the database has none, and why the models do not load
 * where that is not known.
 * @param usual what they are taken for where they name none; env.ts has it
 */
async function schemasOfModels(
  session: Session,
  env: Environment,
  usual: readonly FoundSchema[],
): Promise<{ readonly schemas: readonly FoundSchema[]; readonly problem?: MigError }> {
  const project = await writtenProject(session, env)
  // In a map that has none of theirs, all are outside of it.
  const none = withSchemas(project.env, [{ key: 'app', schema: env.ledgerSchema }])
  const { problem } = await whereTheyLoad(() => differing(session, openProject(none), false))
  if (problem === undefined) return { schemas: usual }
  const { schemas } = problem.facts
  if (problem.code === 'outside-map' && Array.isArray(schemas))
    return { schemas: keysOf(schemas.map(String)) }
  const { problem: own } = await whereTheyLoad(() => differing(session, project, false))
  return { schemas: usual, ...(own === undefined ? {} : { problem: own }) }
}

interface ExportedProject {
  readonly written: Writer
  readonly writeSettings: (schemas: readonly FoundSchema[], models: FoundModels) => void
  /** The files of the exported models. */
  readonly exported: readonly { readonly path: string; readonly text: string }[]
  readonly schemas: readonly FoundSchema[]
  readonly isAdopted: boolean
  /** An SQL model of what the models refer to and cannot say. */
  readonly needed: string | undefined
  /** Whether the database does not tell which schemas there are to be. */
  readonly asksModels: boolean
}

/** The schemas that the user names, else those of a tool's settings, else those of the database that nobody else owns. */
function chosenSchemas(
  named: string,
  live: readonly string[],
  others: readonly string[],
  found: FoundModels | undefined,
): readonly FoundSchema[] {
  if (named !== '') return namedSchemas(named, live)
  const ofUser = live.filter((schema) => !others.includes(schema))
  return keysOf(
    found?.schemas === undefined ? ofUser : ofUser.filter((schema) => found.schemas?.includes(schema)),
  )
}

function refuseExisting(env: Environment): void {
  if (environmentFile(env.dir) !== undefined) {
    throw new MigError('already-there', `${relative(env.root, env.dir)} has an env.ts; nothing was written`, {
      help: 'to add a schema to it: just mig-init NAME; for another environment choose another folder: MIG_DIR=db/migrations',
      place: { file: env.dir },
    })
  }
  const entries = existsSync(env.dir) ? readdirSync(env.dir) : []
  if (entries.length === 0) return
  const dir = relative(env.root, env.dir)
  throw new MigError(
    'already-there',
    `${dir} is not empty (${entries.slice(0, 5).join(', ')}); nothing was written`,
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
      help: `to keep its history, add --without-baseline and then just mig-import ${first?.tool}; to start over from the database as it is, add --baseline`,
      exitCode: exitCodes.decisionNeeded,
      facts: { ledgers },
    },
  )
}

/** Writes the first revision of each line, and shows that models and database are the same. */
async function baseline(
  session: Session,
  env: Environment,
  first: { readonly now: Date; readonly privileges: boolean },
  written: Writer,
): Promise<readonly AdoptedRows[]> {
  const rows = await firstRevisions(session, env, first, written.write)
  const changes = await differing(session, openProject(env), first.privileges)
  if (changes.length > 0) throw exportDiffers(changes)
  return rows
}

function exportDiffers(changes: readonly Change[]): MigError {
  return new MigError(
    'export-differs',
    `the exported models differ from the database:\n${changes.map(changeText).join('\n')}`,
    {
      help: 'write only env.ts and models with --without-baseline, then fix the models by hand; just mig-check shows what is left',
      exitCode: exitCodes.proofFailed,
      facts: { changes },
    },
  )
}
