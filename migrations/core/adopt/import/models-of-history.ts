import { existsSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { openProject, type Session } from '../../runner/index.ts'
import { runOnScratch, scratchProject } from '../../scratch/project.ts'
import { readSource } from '../../source-file.ts'
import { exportModels, modelHead } from '../init/models.ts'
import { prepare, type ReplayRequest, withScratch } from './replay.ts'

/**
 * Writes what the imported revisions make into the model files that are still empty, as they are for a database that has
 * none of it: else the next revision would drop all that the history makes.
 * @returns the files, relative to the project folder
 */
export async function fillEmptyModels(
  session: Session,
  env: Environment,
  request: Pick<ReplayRequest, 'historySql'>,
): Promise<readonly string[]> {
  const fileOf = (key: string) => join(env.modelsDir, `${key}.sql`)
  const empty = Object.entries(env.schemas)
    .map(([key, schema]) => ({ key, schema }))
    .filter(
      ({ key, schema }) => existsSync(fileOf(key)) && readSource(fileOf(key)).trim() === modelHead(schema),
    )
  if (empty.length === 0) return []
  const texts = await withScratch(session, env, async (client) => {
    await prepare(client, { session, env, ...request })
    await runOnScratch(client, scratchProject(openProject(env)), { direction: 'upgrade', target: 'heads' })
    return withScratch(session, env, (scratch) =>
      exportModels(client, scratch, { schemas: empty, excludeTables: env.options.excludeTables ?? [] }),
    )
  })
  for (const { name, text } of texts) writeFileSync(join(env.modelsDir, name), text)
  return texts.map(({ name }) => relative(env.root, join(env.modelsDir, name)))
}
