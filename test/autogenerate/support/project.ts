import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { expect } from 'vitest'
import {
  type AutogenFiles,
  type AutogenRequest,
  autogenerateProject,
} from '../../../migrations/core/autogenerate/index.ts'
import { type EmitEvent, type EnvironmentOptions, usingSession } from '../../../migrations/core/index.ts'
import { writeNewFile } from '../../../migrations/core/revisions/index.ts'
import type { Lab } from '../../runner/support.ts'

/** A request without any flag. */
export const plainRequest: AutogenRequest = {
  message: 'a change',
  format: 'ts',
  now: new Date('2026-11-21T10:00:00Z'),
  privileges: false,
  strict: false,
  online: false,
  fromHistory: false,
  keep: false,
  adopt: false,
  casts: { using: {}, recreate: [] },
  renames: { given: {}, others: 'ask' },
}

/** Writes model files of a lab, by path below `migrations/models`. */
export async function writeModels(lab: Lab, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(lab.root, 'migrations', 'models', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
}

/**
 * Writes models of lines, and brings the lab's database to them by a revision a line that holds their text: a state to
 * start from, whose generation is not what is tested.
 * @param files by name, `user.sql`; a line may refer to those before it
 */
export async function startAt(lab: Lab, files: Readonly<Record<string, string>>): Promise<void> {
  await writeModels(lab, files)
  const idOf = (at: number) => `57a70000000${at}`
  const revisions = Object.entries(files).map(([name, text], at) => [
    `${basename(name, '.sql')}/20260101_00000${at}_${idOf(at)}_start.sql`,
    `-- start\n--\n-- Revision: ${idOf(at)}\n-- Revises: base\n${at === 0 ? '' : `-- Depends on: ${idOf(at - 1)}\n`}-- Created: 2026-01-01T00:00:00Z\n\n-- upgrade\n${text}\n\n-- downgrade\n`,
  ])
  await lab.write(Object.fromEntries(revisions))
  expect((await lab.upgrade()).error).toBeUndefined()
}

let generations = 0

interface Wishes {
  readonly filter?: readonly string[]
  readonly emit?: EmitEvent
}

/** Generates the files for a lab's models and writes them, each later than the one before. */
export async function generateFiles(
  lab: Lab,
  wishes: Partial<AutogenRequest> & Wishes = {},
  settings: Partial<EnvironmentOptions> = {},
): Promise<AutogenFiles> {
  const made = await generated(lab, wishes, settings)
  for (const { path, text } of made.files) writeNewFile(path, text)
  return made
}

/** The files for a lab's models, which are not written. */
export async function generated(
  lab: Lab,
  { filter, emit, ...asked }: Partial<AutogenRequest> & Wishes = {},
  settings: Partial<EnvironmentOptions> = {},
): Promise<AutogenFiles> {
  const given = await lab.project(settings)
  const project = { ...given, env: { ...given.env, filter: filter ?? given.env.filter } }
  generations += 1
  const now = new Date(plainRequest.now.getTime() + generations * 60_000)
  return usingSession(project.env, emit === undefined ? {} : { emit }, (session) =>
    autogenerateProject(session, project, { ...plainRequest, now, ...asked }),
  )
}
