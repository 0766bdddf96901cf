import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ImportResult } from '../../../migrations/core/adopt/index.ts'
import { importProgram, type ProgramImport, programTools } from '../../../migrations/core/adopt/index.ts'
import { findProgramProject } from '../../../migrations/core/adopt/programs/project.ts'
import { recordProgram } from '../../../migrations/core/adopt/programs/record.ts'
import type { RecordingServer } from '../../../migrations/core/adopt/record/server.ts'
import { builtInFunctions, surround } from '../../../migrations/core/adopt/record/surroundings.ts'
import type { Environment } from '../../../migrations/core/environment/index.ts'
import { readFingerprint } from '../../../migrations/core/postgres/fingerprint/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { repository } from '../../support/recipes.ts'
import type { TestProject } from './project.ts'

/** Files of a project that has the repository's packages. */
export function writeProgram(project: TestProject, files: Readonly<Record<string, string>>): void {
  project.write({ 'package.json': '{ "private": true }', ...files })
  symlinkSync(join(repository, 'node_modules'), join(project.root, 'node_modules'))
}

/** What a tool itself does to the test's database. */
export function runNode(project: TestProject, ...args: readonly string[]): void {
  execFileSync(process.execPath, args, {
    cwd: project.root,
    env: { ...process.env, DATABASE_URL: project.database.url },
    stdio: 'pipe',
  })
}

/** A file of a package's command. */
export const bin = (path: string): string => join(repository, 'node_modules', path)

export async function importWith(
  project: TestProject,
  name: string,
  request: Partial<ProgramImport> = {},
): Promise<{ readonly env: Environment; readonly result: ImportResult }> {
  const env = await project.environment({ app: 'public' })
  const result = await importProgram(project.session, env, toolNamed(name), { path: '.', ...request })
  return { env, result }
}

function toolNamed(name: string) {
  const tool = programTools.find((each) => each.name === name)
  if (tool === undefined) throw new Error(`there is no tool ${name}`)
  return tool
}

/** What an import does first, on a server that is there: many recordings need one. */
export async function recordOn(server: RecordingServer, project: TestProject, name: string): Promise<void> {
  const tool = toolNamed(name)
  const { session } = project
  const env = await project.environment({ app: 'public' })
  await recordProgram({
    ...{ server, session, tool, project: findProgramProject(tool, env.root, {}), table: undefined },
    ...{ network: false, baseline: false, builtIn: await builtInFunctions(server), took: () => 0 },
    async begin() {
      const database = await server.createDatabase()
      return { database, searchPath: await surround(server, database, { session, env, text: '' }) }
    },
  })
}

/** The imported files, in their order. */
export function importedFiles(project: TestProject): readonly string[] {
  const folder = join(project.root, 'migrations', 'versions', 'app')
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

/** Reverts some revisions and brings them again: the schema is the same as before. */
export async function downAndUp(project: TestProject, env: Environment, target: string): Promise<void> {
  const opened = project.opened(env)
  const shape = () => readFingerprint(project.session.client, { schemas: ['public'] })
  const before = await shape()
  for (const [direction, to] of [
    ['downgrade', target],
    ['upgrade', 'head'],
  ] as const) {
    const asked = { direction, target: to }
    await applyPlan(project.session, opened, await planRun(project.session, opened, asked), asked)
  }
  expect(await shape()).toEqual(before)
}
