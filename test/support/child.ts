import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { isReadableBy, type ServerUser } from '../../migrations/core/postgres/embedded/server-user.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

/** Made once for a run, by the global set-up. */
export const programs = join(project, 'node_modules', '.test-programs')

/** Can another user run these programs? Not in a checkout, or with a Node, that is closed to it. */
export function canRunProgramsAs(user: ServerUser | undefined): boolean {
  return isReadableBy(user, project) && isReadableBy(user, process.execPath)
}

/**
 * Starts a TypeScript program of `test/support/` as a process of its own, on any Node.
 * @param name file name, `hold-scratch.ts`
 */
export async function spawnProgram(
  name: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<ChildProcess> {
  const { outfile, remove } = await builtProgram(name)
  const child = spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  child.once('exit', remove)
  return child
}

/** A TypeScript program of `test/support/` as a file that any Node runs. */
export async function builtProgram(
  name: string,
): Promise<{ readonly outfile: string; readonly remove: () => void }> {
  // Below node_modules, so that the program finds its packages; not in it: what is kept of models follows from its names.
  const folder = mkdtempSync(join(programs, 'program-'))
  // Programs run as other users too.
  chmodSync(folder, 0o755)
  const outfile = join(folder, 'program.mjs')
  await build({
    entryPoints: [join(project, 'test', 'support', name)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  })
  return { outfile, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** The first line that a process prints. @throws Error with its stderr when it ends before */
export async function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let out = ''
    let err = ''
    child.stdout?.on('data', (chunk) => {
      out += String(chunk)
      if (out.includes('\n')) resolve(out.slice(0, out.indexOf('\n')))
    })
    child.stderr?.on('data', (chunk) => {
      err += String(chunk)
    })
    child.once('exit', () => reject(new Error(`the program ended: ${err}`)))
  })
}
