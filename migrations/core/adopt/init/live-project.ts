import { surroundingsFile } from '../../autogenerate/index.ts'
import { checkProject } from '../../check/index.ts'
import type { Change } from '../../difference/index.ts'
import { type Environment, loadEnvironment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { openProject, type Project, type Session } from '../../runner/index.ts'
import type { OnLive } from '../../scratch/surroundings/surroundings.ts'
import { expectTrustedLive } from '../../scratch/trust-live.ts'
import { withScratch } from '../import/replay.ts'
import { surroundFrom } from '../others.ts'
import { type Exported, type ExportedPart, exportModels } from './models.ts'
import type { FoundSchema } from './schemas.ts'
import type { Writer } from './writer.ts'

/** The live schemas as models. */
export function exportedModels(
  session: Session,
  env: Environment,
  part: Omit<ExportedPart, 'surround'>,
): Promise<Exported> {
  const onLive: OnLive = (body) => body(session.client)
  const mapped = withSchemas(env, part.schemas)
  return withScratch(session, env, async (client) => {
    const own = { schemas: part.schemas.map(({ schema }) => schema), trustLive: env.trustLive }
    await expectTrustedLive(client, onLive, own)
    const surround = surroundFrom(session.client, client, mapped, part.othersExtensions)
    return exportModels(session.client, client, { ...part, surround })
  })
}

/** The project as the files that are written by now say. */
export async function writtenProject(
  { url }: Session,
  { root, dir, trustLive }: Environment,
): Promise<Project> {
  const env = await loadEnvironment({
    ...{ root, dir, trustLive },
    // The keys are new: what a variable or argument names is something else.
    filter: 'all',
    ...(url === null ? {} : { databaseUrl: url }),
  })
  return openProject(env)
}

/** @param texts what refers to surroundings besides the models and revisions of the project */
export async function writeSurroundings(
  { client }: Session,
  project: Project,
  written: Writer,
  texts: readonly string[] = [],
): Promise<void> {
  const file = await surroundingsFile(client, project, texts)
  if (file !== undefined) written.write(file.path, file.text)
}

export interface Differing {
  readonly changes: readonly Change[]
  /** Why the models do not load. */
  readonly problem?: MigError
}

/** What differs between the live database and the models of a project. */
export async function differing(
  session: Session,
  project: Project,
  privileges: boolean,
): Promise<readonly Change[]> {
  const { drift } = await checkProject(session, project, { privileges })
  return drift.flatMap(({ changes }) => changes ?? [])
}

/** What `body` finds with the models of a project, or why they do not load: a project may not be installed yet. */
export async function whereTheyLoad(body: () => Promise<readonly Change[]>): Promise<Differing> {
  try {
    return { changes: await body() }
  } catch (problem) {
    if (!(problem instanceof MigError)) throw problem
    return { changes: [], problem }
  }
}

/** The environment with another schema map, as its env.ts will say. */
export function withSchemas(env: Environment, schemas: readonly FoundSchema[]): Environment {
  const lines = schemas.map(({ key, schema }) => ({ key, schema, tenants: null, locations: [] }))
  return { ...env, lines, schemas: Object.fromEntries(schemas.map(({ key, schema }) => [key, schema])) }
}
