import { existsSync } from 'node:fs'
import type { ClientBase } from 'pg'
import type { Environment } from '../environment/index.ts'
import type { Project } from '../runner/index.ts'
import { surroundingsPath, surroundingsText } from '../scratch/surroundings/file.ts'
import { type Referred, readReferred } from '../scratch/surroundings/referred.ts'
import { surroundingStatements } from '../scratch/surroundings/statements.ts'
import { historyTexts, surroundingsOwnership } from '../scratch/surroundings/surroundings.ts'
import { readSource } from '../source-file.ts'
import { hasModels, inputFiles, readModels } from '../sources/index.ts'

/** The file of surroundings, not yet written. */
export interface SurroundingsFile {
  readonly path: string
  readonly text: string
  readonly referred: Referred
}

/**
 * What the models and revisions of a project refer to and others own, as the live database has it. A program that builds
 * its schema is not run, since it may need what is to be found: its inputs say what it refers to.
 * @param more other texts that refer to something
 * @returns undefined where they refer to nothing, and there is no file that says more
 * @throws MigError what reading the models throws
 */
export async function surroundingsFile(
  live: ClientBase,
  project: Pick<Project, 'env' | 'files'>,
  more: readonly string[] = [],
): Promise<SurroundingsFile | undefined> {
  const { env } = project
  const texts = [...(await modelTexts(env)), ...historyTexts(project), ...more]
  const referred = await readReferred(live, texts, surroundingsOwnership(env))
  const statements = await surroundingStatements(live, referred)
  const path = surroundingsPath(env.dir)
  if (statements.length === 0 && !existsSync(path)) return undefined
  return { path, text: surroundingsText(statements), referred }
}

async function modelTexts({ models, cacheDir }: Environment): Promise<readonly string[]> {
  const built = models.sources.flatMap(({ source }) =>
    typeof source === 'object' && 'build' in source ? [source] : [],
  )
  const sources = models.sources.filter(({ source }) => !built.some((program) => program === source))
  const inputs = built.flatMap((program) => inputFiles(program, models.base))
  const texts = inputs.map((path) => readSource(path))
  const read = { ...models, sources }
  if (sources.length === 0 || !(await hasModels(read))) return texts
  const { files } = await readModels(read, { cacheDir, build: () => Promise.resolve([]) })
  return [...texts, ...files.flatMap(({ statements }) => statements.map(({ sql }) => sql))]
}
