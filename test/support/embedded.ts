import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { MigEvent } from '../../migrations/core/events.ts'
import {
  type EmbeddedServer,
  ensureEmbeddedServer,
  resetEmbeddedServer,
} from '../../migrations/core/postgres/embedded/embedded.ts'
import type { ServerUser } from '../../migrations/core/postgres/embedded/server-user.ts'
import { firstLine, spawnProgram } from './child.ts'

/** What `embedded-program.ts` prints. */
export interface ProgramFacts {
  readonly pid: number
  readonly port: number
  readonly url: string
  readonly version: number
}

/** A project folder for an embedded server of its own, and the removal of both. */
export function makeProject({
  owner,
  mode = 0o755,
}: {
  readonly owner?: ServerUser
  readonly mode?: number
} = {}): { readonly root: string; readonly remove: () => Promise<void> } {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'just-mig-project-'))
  chmodSync(root, mode)
  if (owner !== undefined) chownSync(root, owner.uid, owner.gid)
  return {
    root,
    async remove() {
      await resetEmbeddedServer(root, () => undefined)
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** A project folder with an embedded server of its own, both gone after `body`. */
export async function usingProject(
  body: (root: string) => Promise<void>,
  options: Parameters<typeof makeProject>[0] = {},
): Promise<void> {
  const { root, remove } = makeProject(options)
  try {
    await body(root)
  } finally {
    await remove()
  }
}

/** The server, and the states that its events went through. */
export async function ensured(root: string): Promise<{ server: EmbeddedServer; states: string[] }> {
  const states: string[] = []
  const emit = (event: MigEvent) => {
    if (event.event === 'server') states.push(event.state)
  }
  return { server: await ensureEmbeddedServer({ root, emit }), states }
}

/** Ensures the server from a process of its own, as another user if given. */
export async function ensuredByProgram(root: string, user?: ServerUser): Promise<ProgramFacts> {
  const child = await spawnProgram('embedded-program.ts', [root], { ...user, cwd: root })
  const exited = once(child, 'exit')
  const facts: unknown = JSON.parse(await firstLine(child))
  const [code] = await exited
  if (code !== 0) throw new Error(JSON.stringify(facts))
  return facts as ProgramFacts
}

/** Runs statements on a connection of its own; gives the rows of the last. */
export async function query(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    let rows: unknown[] = []
    for (const sql of statements) rows = (await client.query(sql)).rows
    return rows
  } finally {
    await client.end()
  }
}
