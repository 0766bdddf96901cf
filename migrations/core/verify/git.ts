import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../errors.ts'

/** A file of a folder that differs between a git base and what is checked out. */
export interface ChangedFile {
  /** Absolute. */
  readonly path: string
  readonly change: 'added' | 'edited' | 'removed'
}

/** What git knows of some folders since a base. */
export interface GitChanges {
  /** The base as it was given or found, and the commit that both sides have in common. */
  readonly base: string
  readonly commit: string
  readonly files: readonly ChangedFile[]
  /** The text that a file had at the base. */
  readonly textAtBase: (path: string) => Promise<string>
}

/**
 * What changed in folders since the commit that HEAD and a base have in common: committed, staged, edited and
 * untracked files.
 * @param base a branch, tag or commit; empty for the branch that a pull request goes to, else the main branch
 * @throws MigError `no-git`, `no-git-base`, `no-common-commit`
 */
export async function gitChanges(
  root: string,
  base: string,
  folders: readonly string[],
): Promise<GitChanges> {
  const top = (await git(root, ['rev-parse', '--show-toplevel']))?.trimEnd()
  if (top === undefined) {
    throw new MigError(
      'no-git',
      `${root} is not in a git repository, and --changed compares with a git base`,
      {
        help: 'leave --changed out to check every revision',
      },
    )
  }
  const name = base === '' ? await defaultBase(root) : base
  if (
    (await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])) ===
    undefined
  )
    throw await noBase(top, name)
  const commit = (await git(root, ['merge-base', '--', name, 'HEAD']))?.trimEnd()
  if (commit === undefined) {
    throw new MigError('no-common-commit', `${name} and HEAD have no commit in common here`, {
      help: 'fetch the full history: git fetch --unshallow (fetch-depth: 0 in a workflow)',
    })
  }
  const real = folders.map((folder) => realOrGiven(folder))
  const tracked = await git(top, ['diff', '--name-status', '--no-renames', '-z', commit, '--', ...real])
  const untracked = await git(top, ['ls-files', '--others', '--exclude-standard', '-z', '--', ...real])
  const files = [...trackedFiles(top, tracked ?? ''), ...untrackedFiles(top, untracked ?? '')]
  return {
    base: name,
    commit,
    files,
    textAtBase: async (path) => (await git(top, ['show', `${commit}:${path.slice(top.length + 1)}`])) ?? '',
  }
}

/**
 * What a pull request (GitHub) or merge request (GitLab) goes to; else what the remote calls its main branch, else the
 * local one. A pull request is never compared with another branch instead.
 */
async function defaultBase(root: string): Promise<string> {
  const goal = process.env.GITHUB_BASE_REF || process.env.CI_MERGE_REQUEST_TARGET_BRANCH_NAME
  const candidates = goal
    ? [`origin/${goal}`]
    : ['origin/HEAD', 'origin/main', 'origin/master', 'main', 'master']
  for (const name of candidates) {
    if ((await git(root, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`])) !== undefined) return name
  }
  throw await noBase(root, candidates[0] ?? '')
}

/** A pipeline's checkout has one commit and one branch unless it is told otherwise, which is the usual reason. */
async function noBase(root: string, name: string): Promise<MigError> {
  const isShallow = (await git(root, ['rev-parse', '--is-shallow-repository']))?.trim() === 'true'
  const branch = name.replace(/^origin\//, '')
  const help = isShallow
    ? `this clone is shallow: give the checkout its history (fetch-depth: 0 in a workflow, GIT_DEPTH: 0 at GitLab), or git fetch --unshallow origin ${branch}:refs/remotes/origin/${branch}`
    : `name an existing one, as in --changed origin/main, or fetch it first: git fetch origin ${branch}`
  return new MigError('no-git-base', `git has no commit ${JSON.stringify(name)}`, {
    help,
    facts: { base: name, shallow: isShallow },
  })
}

function trackedFiles(top: string, output: string): readonly ChangedFile[] {
  const words = output.split('\0')
  const files: ChangedFile[] = []
  for (let at = 0; at + 1 < words.length; at += 2) {
    const letter = words[at]?.[0]
    const change = letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'edited'
    files.push({ path: join(top, words[at + 1] ?? ''), change })
  }
  return files
}

function untrackedFiles(top: string, output: string): readonly ChangedFile[] {
  return output
    .split('\0')
    .flatMap((name) => (name === '' ? [] : [{ path: join(top, name), change: 'added' as const }]))
}

/** Git names files by their real path; a folder that is not there yet has none. */
function realOrGiven(folder: string): string {
  try {
    return realpathSync(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return folder
    throw error
  }
}

/** What git prints, or undefined when it says no. @throws MigError `no-git` when there is no git at all */
async function git(cwd: string, args: readonly string[]): Promise<string | undefined> {
  const { execa } = await import('execa')
  const result = await execa('git', args, { cwd, reject: false, stripFinalNewline: false })
  if (result.code === 'ENOENT') {
    throw new MigError('no-git', 'git is not installed, and --changed needs it', {
      help: 'install git, or leave --changed out to check every revision',
    })
  }
  return result.exitCode === 0 ? result.stdout : undefined
}
