import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { DrizzleCasing, KeyedSource } from '../../migrations/core/environment/index.ts'
import { MigError, type MigEvent } from '../../migrations/core/index.ts'
import { type ReadModels, readModels } from '../../migrations/core/sources/index.ts'
import { repository, temporaryFolder } from '../support/recipes.ts'

/** A project folder with the packages of this repository. */
export async function packagedProject(files: Readonly<Record<string, string>>) {
  const project = await temporaryFolder({ 'package.json': '{ "type": "module" }', ...files })
  await mkdir(join(project.path, '.mig/cache'), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(project.path, 'node_modules'))
  return project
}

export interface Read extends ReadModels {
  readonly sql: readonly string[]
  readonly warnings: readonly string[]
}

/** What models of files say: sources are relative to `migrations/`; default: the folder `models` there. */
export async function readFiles(
  files: Readonly<Record<string, string>>,
  sources: readonly (string | KeyedSource)[] = ['models'],
  casing?: DrizzleCasing,
): Promise<Read> {
  const project = await packagedProject(files)
  const warnings: string[] = []
  const emit = (event: MigEvent) => {
    if (event.event === 'warning') warnings.push(event.code)
  }
  try {
    const models = {
      base: join(project.path, 'migrations'),
      sources: sources.map((source) => (typeof source === 'string' ? { key: undefined, source } : source)),
      declared: true,
      ...(casing === undefined ? {} : { casing }),
    }
    const read = await readModels(models, {
      cacheDir: join(project.path, '.mig/cache'),
      emit,
      build: noProgram,
    })
    const sql = read.files.flatMap(({ statements }) =>
      statements.map((each) => each.sql.replaceAll(/\s+/g, ' ')),
    )
    return { ...read, sql, warnings }
  } finally {
    await project.remove()
  }
}

/** The error that reading throws. */
export async function refusalOf(reading: Promise<unknown>): Promise<MigError> {
  try {
    await reading
  } catch (error) {
    if (error instanceof MigError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** For models without a program that builds. */
export function noProgram(): Promise<never> {
  return Promise.reject(new Error('no program is asked to build anything'))
}
