import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

let generations = 0

interface Wishes {
  readonly filter?: readonly string[]
  readonly emit?: EmitEvent
}

/** Generates the files for a lab's models and writes them, each later than the one before. */
export async function generateFiles(
  lab: Lab,
  { filter, emit, ...asked }: Partial<AutogenRequest> & Wishes = {},
  settings: Partial<EnvironmentOptions> = {},
): Promise<AutogenFiles> {
  const given = await lab.project(settings)
  const project = { ...given, env: { ...given.env, filter: filter ?? given.env.filter } }
  generations += 1
  const now = new Date(plainRequest.now.getTime() + generations * 60_000)
  const made = await usingSession(project.env, emit === undefined ? {} : { emit }, (session) =>
    autogenerateProject(session, project, { ...plainRequest, now, ...asked }),
  )
  for (const { path, text } of made.files) writeNewFile(path, text)
  return made
}
