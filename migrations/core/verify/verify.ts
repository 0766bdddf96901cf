import type { Environment } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import { openProject, type Project } from '../runner/index.ts'
import { changedRevisions } from './changed.ts'
import { checkChecksums } from './checksums.ts'
import { type VerifyContext, verifyContext } from './context.ts'
import { checkFiles, checkForks } from './files.ts'
import { checkExisting, checkFresh } from './models.ts'
import { checkOffline } from './offline.ts'
import { type CheckName, type CheckResult, checked, type Found } from './result.ts'
import { checkStairway } from './stairway.ts'

export interface VerifyRequest {
  /** Check only revisions that are new against this git base; empty for the default one. */
  readonly changed?: string
  readonly emit: EmitEvent
  readonly signal?: AbortSignal
}

/**
 * Runs every check on the lines of the filter, on scratch databases of its own; the configured database is only
 * read. What a check finds is in the results; only what keeps it from looking is thrown.
 * @throws MigError `no-scratch`, `no-git-base` and the like, and the errors of `connect`
 */
export async function verifyProject(
  env: Environment,
  { changed, emit, signal }: VerifyRequest,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = []
  const run = async (check: CheckName, body: () => readonly Found[] | Promise<readonly Found[]>) => {
    results.push(...(await checked(check, signal, body)))
  }
  let project: Project | undefined
  await run('files', () => {
    project = openProject(env)
    return checkFiles(project)
  })
  if (project === undefined) return results
  const opened: Project = project
  const base = changed === undefined ? undefined : await changedRevisions(opened, changed)
  if (base !== undefined) await run('changed', () => base.found)
  await run('forks', () => checkForks(opened))
  if (base?.added.size === 0) return results
  const context = await verifyContext(opened, emit, signal)
  const chosen = base?.added ?? filteredIds(opened)
  for (const [check, body] of databaseChecks(context, chosen, base === undefined)) await run(check, body)
  return results
}

function databaseChecks(
  context: VerifyContext,
  chosen: ReadonlySet<string>,
  whole: boolean,
): readonly (readonly [CheckName, () => Promise<readonly Found[]>])[] {
  return [
    ...(whole ? [['checksums', () => checkChecksums(context.project)] as const] : []),
    ['fresh', () => checkFresh(context)],
    ...(whole ? [['existing', () => checkExisting(context)] as const] : []),
    ['stairway', () => checkStairway(context, chosen)],
    ...(whole ? [['offline', () => checkOffline(context)] as const] : []),
  ]
}

function filteredIds({ env, files }: Project): ReadonlySet<string> {
  return new Set(
    [...files.values()].flatMap(({ line, revision }) => (env.filter.includes(line) ? [revision] : [])),
  )
}
