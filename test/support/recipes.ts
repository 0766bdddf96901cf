import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa, type Result } from 'execa'

/** The repository. */
export const repository = resolve(import.meta.dirname, '..', '..')

/** What a recipe run needs besides its arguments. */
export interface RecipeOptions {
  /** The folder with the justfile. Default: the repository. */
  readonly cwd?: string
  /** Variables on top of a clean environment. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  readonly signal?: AbortSignal
  /** The operating system user to run as; only root may choose. */
  readonly user?: { readonly uid: number; readonly gid: number }
}

export interface RecipeResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The variables of a recipe run: none of the caller's settings leak in. */
export function cleanVariables(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) =>
      value !== undefined &&
      !/^(MIG_|RFX_|ALEMBIC_|DATABASE_URL|PG|VITEST|NODE_OPTIONS|NO_COLOR|FORCE_COLOR|GITHUB_|CI_)/.test(
        name,
      ),
  )
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...extra }
}

/** The binary itself: the package's launcher script takes half a second of its own. */
export function justBinary(): string {
  const name = `rust-just-${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  return createRequire(import.meta.url).resolve(
    `${name}/bin/just${process.platform === 'win32' ? '.exe' : ''}`,
  )
}

/** Starts a recipe through the real `just`, as a user types it. */
export function startRecipe(args: readonly string[], options: RecipeOptions = {}) {
  return execa(justBinary(), args, {
    cwd: options.cwd ?? repository,
    env: cleanVariables(options.env),
    extendEnv: false,
    reject: false,
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...options.user,
  })
}

/** Runs a recipe to its end. */
export async function recipe(args: readonly string[], options: RecipeOptions = {}): Promise<RecipeResult> {
  const { exitCode, stdout, stderr }: Pick<Result, 'exitCode' | 'stdout' | 'stderr'> = await startRecipe(
    args,
    options,
  )
  return { code: exitCode ?? -1, stdout: String(stdout), stderr: String(stderr) }
}

/** A throw-away folder with the files given by path, and its removal. */
export async function temporaryFolder(files: Readonly<Record<string, string>> = {}): Promise<{
  readonly path: string
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
  readonly remove: () => Promise<void>
}> {
  const path = await mkdtemp(join(tmpdir(), 'just-mig-test-'))
  // Servers run as another user, who can keep their files here then.
  await chmod(path, 0o755)
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(more)) {
      await mkdir(dirname(join(path, name)), { recursive: true })
      await writeFile(join(path, name), text)
    }
  }
  await write(files)
  return { path, write, remove: () => rm(path, { recursive: true, force: true }) }
}

/**
 * A copy of the repository as a fresh clone with its packages installed: justfile, scripts and migrations, without
 * `.mig`. For tests of the embedded server and of read-only folders.
 */
export async function copyOfRepository(): Promise<{
  readonly path: string
  readonly remove: () => Promise<void>
}> {
  const folder = await temporaryFolder()
  for (const name of ['justfile', 'Makefile', 'package.json', 'scripts', 'migrations']) {
    await cp(join(repository, name), join(folder.path, name), { recursive: true })
  }
  await cp(join(repository, 'test/environments'), join(folder.path, 'test/environments'), { recursive: true })
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'))
  return { path: folder.path, remove: folder.remove }
}
