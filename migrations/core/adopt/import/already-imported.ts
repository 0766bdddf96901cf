import { relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { openProject } from '../../runner/index.ts'

/** A migration as its tool names it, and the revision that an import makes of it. */
export interface KnownMigration {
  readonly name: string
  readonly revision: string
}

/**
 * Looks for the revisions of an earlier import, before a tool is run for minutes: an import would not overwrite them.
 * @param applied those that the tool's ledger in the live database names
 * @param others what else may be one
 * @throws MigError `already-imported`
 */
export function expectNotImported(
  env: Environment,
  tool: string,
  applied: readonly KnownMigration[],
  others: readonly KnownMigration[] = [],
): void {
  const { files } = openProject(env)
  const known = new Map([...applied, ...others].map(({ name, revision }) => [revision, name]))
  const there = [...known].flatMap(([revision, name]) => {
    const file = files.get(revision)
    return file === undefined ? [] : [{ name, line: file.line, path: relative(env.root, file.path) }]
  })
  const [first] = there
  if (first === undefined) return
  const news = applied.filter(({ revision }) => !files.has(revision)).map(({ name }) => name)
  const what = there.length === 1 ? 'migration' : `${there.length} migrations, first`
  const rest = news.length === 0 ? '' : `; ${news.length} not, first ${news[0]}`
  throw new MigError(
    'already-imported',
    `the history of ${tool} was imported before: ${what} ${first.name} (${first.path})${rest}; nothing was run`,
    {
      help: `see where it is: just mig-status; to import all again, delete these files and run just mig-stamp --purge base ${first.line} first`,
      facts: { imported: there.length, new: news },
    },
  )
}
