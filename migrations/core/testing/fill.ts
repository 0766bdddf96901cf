import type { ClientBase } from 'pg'
import { roleOf } from '../environment/index.ts'
import { urlForDatabase } from '../postgres/connection/database-url.ts'
import { databaseError, isConnectionLost, isServerError } from '../postgres/index.ts'
import { applyPlan, createTenant, type Project, planRun, type Session } from '../runner/index.ts'
import { projectSurroundings, surroundHistory } from '../scratch/surroundings/surroundings.ts'
import { connectGuarded } from './server-roles.ts'
import { readSeed, type TemplateSource } from './source.ts'

/**
 * Fills an empty database: surroundings.sql, every single line up to its heads, the tenants, the seeds. What it reads is in
 * files alone: the configured database is not looked at.
 * @throws MigError what the runner and PostgreSQL say
 */
export async function fillTemplate(source: TemplateSource, name: string): Promise<void> {
  const { emit, signal, seeds } = source
  const url = urlForDatabase(source.adminUrl, name)
  const project = projectOf(source, url)
  const { client, needRole } = await connectGuarded(url, name, { emit, signal })
  try {
    for (const role of rolesOf(source)) await needRole(role)
    await surroundHistory(client, project, projectSurroundings(project.env, undefined))
    const session: Session = { client, url: null, emit, signal }
    const request = {
      direction: 'upgrade',
      target: 'heads',
      lines: Object.keys(project.env.schemas),
    } as const
    if (request.lines.length > 0)
      await applyPlan(session, project, await planRun(session, project, request), request)
    for (const [line, schemas] of Object.entries(source.tenants))
      for (const schema of schemas) await createTenant(project, line, schema, { emit, signal })
    await client.query('RESET ALL; SET search_path TO "$user", public')
    for (const seed of seeds) {
      if (typeof seed === 'string') await runSeed(client, seed)
      else await seed.run(client)
    }
  } catch (error) {
    throw isServerError(error) || isConnectionLost(error) ? databaseError(error) : error
  } finally {
    await client.end()
  }
}

async function runSeed(client: ClientBase, path: string): Promise<void> {
  const sql = readSeed(path)
  try {
    await client.query(sql)
  } catch (error) {
    throw databaseError(error, { sql, file: path })
  }
}

/** The project on the new database: whatever lists its tenants, no other database is asked or named. */
function projectOf({ project, tenants }: TemplateSource, url: string): Project {
  const { env } = project
  const lines = env.lines.map((line) =>
    line.tenants === null ? line : { ...line, tenants: { list: tenants[line.key] ?? [] } },
  )
  return { ...project, env: { ...env, databaseUrl: url, lines, createSchema: true } }
}

/** The roles that env.ts has revisions run as. */
function rolesOf({ project: { env }, tenants }: TemplateSource): ReadonlySet<string> {
  const all = [...Object.entries(env.schemas), ...Object.entries(tenants)]
  return new Set(
    all.flatMap(([line, schemas]) => [schemas].flat().flatMap((schema) => roleOf(env, line, schema) ?? [])),
  )
}
