import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, environmentFile, excludedObjects } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { openProject, type Session } from '../../runner/index.ts'
import { readSource } from '../../source-file.ts'
import { modelKeys } from '../../sources/index.ts'
import { adoptRows, checkNotAdopted } from '../import/adopt-rows.ts'
import { firstRevisions } from './first-revisions.ts'
import { takesPrivileges } from './grants.ts'
import type { InitRequest, InitResult } from './init-request.ts'
import {
  differing,
  exportedModels,
  whereTheyLoad,
  writeSurroundings,
  writtenProject,
} from './live-project.ts'
import { modelHead } from './models.ts'
import { type FoundSchema, foundLive, namedSchemas } from './schemas.ts'
import { withMoreSchemas } from './settings-text.ts'
import { writer } from './writer.ts'

/**
 * Adds schemas to a project: a line each in the map of env.ts, models where the project has a folder for them, and, for one
 * that the live database has, a first revision, proved and stamped. Nothing stays when a part fails.
 * @param env the environment as its env.ts says
 * @throws MigError `already-there` for a key or schema that the map has, `no-schema-map` where the map is not written out
 *   in env.ts, `ledger-in-schema` where another tool's ledger is in one of them; what `initProject` throws
 */
export async function addSchemas(
  session: Session,
  env: Environment,
  request: InitRequest,
): Promise<InitResult> {
  const known = Object.values(env.schemas)
  const added = namedSchemas(request.schemas, [], known)
  for (const each of added) refuseKnown(env, each)
  const file = environmentFile(env.dir)
  const text = file === undefined ? undefined : withMoreSchemas(readSource(file), added)
  if (file === undefined || text === undefined) throw noSchemaMap(env, added)
  const live = await foundLive(session.client, env.ledgerSchema)
  const there = added.filter(({ schema }) => live.schemas.includes(schema))
  refuseLedgers(env, added, live.ledgers)
  await checkNotAdopted(
    session,
    env.ledgerSchema,
    added.map(({ schema }) => ({ targetSchema: schema, revisions: [] })),
  )
  const wantsBaseline = there.length > 0 && request.baseline !== false
  const privileges = await takesPrivileges(
    session.client,
    {
      schemas: wantsBaseline ? there.map(({ schema }) => schema) : [],
      excludes: excludedObjects(env.options),
    },
    request.privileges,
  )
  const written = writer(env.root)
  try {
    written.write(file, text, true)
    const before = await writtenProject(session, env)
    const inFolder = await unmodelled(before.env, added)
    const models = await newModels(session, before.env, inFolder, { live: live.schemas, privileges })
    for (const { name, text: model } of models) written.write(join(env.modelsDir, name), model)
    // What the file has by hand stays; what is missing in it is told where the models are loaded.
    if (!existsSync(join(env.dir, 'surroundings.sql'))) await writeSurroundings(session, before, written)
    const project = { ...before, env: { ...before.env, filter: there.map(({ key }) => key) } }
    const first = { now: request.now, privileges }
    const rows = wantsBaseline ? await firstRevisions(session, project.env, first, written.write) : []
    const opened = openProject(project.env)
    const declared = there.some((each) => !inFolder.includes(each))
    const differs = await whereTheyLoad(async () =>
      rows.length > 0 ? differing(session, opened, privileges) : [],
    )
    await adoptRows(session, opened, rows)
    return {
      ...{ files: written.files(), schemas: added, adopted: rows, isFilled: there.length > 0 },
      ...{ ledgers: [], histories: [], others: [] },
      ...(declared || differs.changes.length > 0
        ? { models: { ...differs, what: 'where env.ts says' } }
        : {}),
    }
  } catch (error) {
    written.undo()
    throw error
  }
}

function refuseKnown({ lines, dir }: Environment, { key, schema }: FoundSchema): void {
  const known = lines.find((line) => line.key === key || line.schema === schema)
  if (known === undefined) return
  const what = known.key === key ? `the key ${key}` : `schema ${schema}, by the key ${known.key}`
  throw new MigError('already-there', `the schema map has ${what} already; nothing was written`, {
    help: known.key === key ? `give another key: just mig-init other=${schema}` : 'nothing to do',
    place: { file: dir },
  })
}

function noSchemaMap({ dir }: Environment, added: readonly FoundSchema[]): MigError {
  const lines = added.map(({ key, schema }) => `${key}: '${schema}'`).join(', ')
  return new MigError('no-schema-map', 'env.ts has no schema map written as schemas: { … }', {
    help: `add ${lines} to it by hand; if the tables exist: just mig-autogen "what the database has" ${added.map(({ key }) => key).join(',')} --adopt`,
    place: { file: environmentFile(dir) ?? dir },
  })
}

function refuseLedgers(
  env: Environment,
  added: readonly FoundSchema[],
  ledgers: InitResult['ledgers'],
): void {
  const excluded = [env.options.excludeTables ?? []].flat()
  const found = ledgers.find(
    ({ table }) =>
      added.some(({ schema }) => table.startsWith(`${schema}.`)) &&
      !excluded.some((name) => name === table || table.endsWith(`.${name}`)),
  )
  if (found === undefined) return
  throw new MigError('ledger-in-schema', `${found.table} is the ledger of another tool`, {
    help: `add '${found.table}' to excludeTables in env.ts, then run the command again; to import its history: --without-baseline, and then just mig-import ${found.tool ?? 'TOOL'}`,
    facts: { ledger: found.table },
  })
}

/** The schemas whose models go to the folder of models: no other source is named, and none is there yet. */
async function unmodelled(
  { models, modelsDir }: Environment,
  added: readonly FoundSchema[],
): Promise<readonly FoundSchema[]> {
  const isFolder = models.sources.some(
    ({ key, source }) =>
      key === undefined && typeof source === 'string' && join(models.base, source) === modelsDir,
  )
  if (!isFolder) return []
  const keys = existsSync(modelsDir) ? await modelKeys(models) : new Set<string>()
  return added.filter(({ key }) => !keys.has(key))
}

async function newModels(
  session: Session,
  env: Environment,
  added: readonly FoundSchema[],
  { live, privileges }: { readonly live: readonly string[]; readonly privileges: boolean },
) {
  const there = added.filter(({ schema }) => live.includes(schema))
  const { rows } = await session.client.query<{ name: string }>('SELECT extname AS name FROM pg_extension')
  const exported =
    there.length === 0
      ? []
      : (
          await exportedModels(session, env, {
            schemas: there,
            excludeTables: [env.options.excludeTables ?? []].flat(),
            privileges,
            othersExtensions: rows.map(({ name }) => name),
          })
        ).texts
  const empty = added
    .filter((each) => !there.includes(each))
    .map(({ key, schema }) => ({
      name: `${key}.sql`,
      text: `${modelHead(schema)}\n`,
    }))
  return [...exported.filter(({ name }) => there.some(({ key }) => name === `${key}.sql`)), ...empty]
}
