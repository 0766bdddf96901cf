import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openProject, type Session } from '../../runner/index.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import { readSource } from '../../source-file.ts'
import { exportModels, modelHead } from '../init/models.ts'
import { runWithOthers, surroundFrom } from '../others.ts'
import { prepare, type ReplayRequest, withScratch } from './replay.ts'

/** A model file, and what it is to say. */
interface ModelOfHistory {
  readonly path: string
  readonly text: string
}

/**
 * What the imported revisions make, for the model files that are still empty, as they are for a database that has none of
 * it: else the next revision would drop all that the history makes. No other file that exists is among them.
 * @param request with the environment that has the revisions
 */
export async function modelsOfHistory(
  session: Session,
  request: Pick<ReplayRequest, 'env' | 'historySql'>,
): Promise<readonly ModelOfHistory[]> {
  const { env } = request
  const schemas = Object.entries(env.schemas).map(([key, schema]) => ({ key, schema }))
  const empty = new Set(
    schemas.flatMap(({ key, schema }) => {
      const path = join(env.modelsDir, `${key}.sql`)
      return existsSync(path) && readSource(path).trim() === modelHead(schema) ? [`${key}.sql`] : []
    }),
  )
  if (empty.size === 0) return []
  const { texts } = await withScratch(session, env, async (client) => {
    await prepare(client, { session, ...request })
    const project = scratchProject(openProject(env))
    await runWithOthers(client, { session, env, text: request.historySql }, () =>
      runOnScratch(client, project, { direction: 'upgrade', target: 'heads' }),
    )
    // All schemas, since one may refer to another.
    return withScratch(session, env, (scratch) => {
      const surround = surroundFrom(client, scratch, env)
      return exportModels(client, scratch, {
        ...{ schemas, excludeTables: env.options.excludeTables ?? [], surround },
      })
    })
  })
  const ofSchemas = new Set(schemas.map(({ key }) => `${key}.sql`))
  return texts.flatMap(({ name, text }) => {
    const path = join(env.modelsDir, name)
    return empty.has(name) || (!ofSchemas.has(name) && !existsSync(path)) ? [{ path, text }] : []
  })
}
