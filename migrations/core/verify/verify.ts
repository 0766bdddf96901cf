import type { Environment } from '../environment/index.ts'
import type { EmitEvent } from '../events.ts'
import { openProject, type Project } from '../runner/index.ts'
import { type LineTarget, lineTargets, schemasToKeys } from '../scratch/lines.ts'
import { changedRevisions } from './changed.ts'
import { checkChecksums } from './checksums.ts'
import { type VerifyContext, verifyContext, withoutLacking } from './context.ts'
import { checkFiles, checkForks } from './files.ts'
import { checkFresh } from './models.ts'
import { checkOffline } from './offline.ts'
import { type CheckName, type CheckOutcome, checked, type Found } from './result.ts'
import { checkStairway } from './stairway.ts'

export interface VerifyRequest {
  /** Check only revisions that are new against this git base; empty for the default one. */
  readonly changed?: string
  /** Write what revisions lose and do not announce into the headers of their files. */
  readonly announce?: boolean
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
  { changed, announce = false, emit, signal }: VerifyRequest,
): Promise<readonly CheckOutcome[]> {
  const results: CheckOutcome[] = []
  const outcomesOf = async (check: CheckName, body: () => readonly Found[] | Promise<readonly Found[]>) => {
    const found = await checked(check, signal, body)
    return found.map((result) => named(result, lineTargets({ env })))
  }
  const run = async (...check: Parameters<typeof outcomesOf>) => {
    results.push(...(await outcomesOf(...check)))
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
  let context = await verifyContext(opened, emit, signal)
  const chosen = base?.added ?? filteredIds(opened)
  const onDatabase = ([check, body]: DatabaseCheck) =>
    outcomesOf(check, async () => {
      const done = await withoutLacking(context, body)
      context = done.context
      return done.result
    })
  for (const together of databaseChecks(chosen, { whole: base === undefined, announce })) {
    // Each drops its databases before anything is thrown.
    const ends = await Promise.allSettled(together.map(onDatabase))
    for (const end of ends) {
      if (end.status === 'rejected') throw end.reason
      results.push(...end.value)
    }
  }
  return results
}

/** People know a tenant line by its key. */
function named({ message, help, ...result }: CheckOutcome, lines: readonly LineTarget[]): CheckOutcome {
  return {
    ...result,
    message: schemasToKeys(message, lines),
    ...(help === undefined ? {} : { help: schemasToKeys(help, lines) }),
  }
}

type DatabaseCheck = readonly [CheckName, (context: VerifyContext) => Promise<readonly Found[]>]

/** The checks that need databases; those of a group run at the same time. */
function databaseChecks(
  chosen: ReadonlySet<string>,
  { whole, announce }: { readonly whole: boolean; readonly announce: boolean },
): readonly (readonly DatabaseCheck[])[] {
  const tests: Found[] = []
  const stairway: DatabaseCheck = ['stairway', (context) => checkStairway(context, chosen, tests, announce)]
  const offline: readonly DatabaseCheck[] = whole ? [['offline', checkOffline]] : []
  return [
    whole ? [['checksums', ({ project }) => checkChecksums(project)]] : [],
    // It finds which revisions cannot run here, for the others.
    [['fresh', checkFresh]],
    // A file that is written while its checksum is taken twice would have two.
    ...(announce ? [[stairway], offline] : [[stairway, ...offline]]),
    // They need the state before each revision, where the stairway is.
    [['row-tests', () => Promise.resolve(tests)]],
  ]
}

function filteredIds({ env, files }: Project): ReadonlySet<string> {
  return new Set(
    [...files.values()].flatMap(({ line, revision }) => (env.filter.includes(line) ? [revision] : [])),
  )
}
