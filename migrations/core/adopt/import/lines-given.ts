import { type Environment, nearest } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import {
  foldersOf,
  type ImportedHistory,
  type ImportedRevision,
  parentsOf,
  type RevisionsById,
  revisionsById,
} from '../history.ts'

/** `--line name=key`: what is called so goes to the line of the key. */
export interface LineChoice {
  /** A revision, a branch label, or a folder that revision files are in. */
  readonly name: string
  readonly key: string
}

/**
 * The line of each revision, as said: of the revision itself, else of its branch label, which holds for all that comes
 * after the labelled revision, or its folder.
 * @throws MigError `unknown-line` for a key or a name that is nowhere; `which-line` for revisions that nothing is said
 *   of, or several things.
 */
export function mappedLines(
  history: ImportedHistory,
  env: Environment,
  given: readonly LineChoice[],
): ReadonlyMap<string, string> {
  const byId = revisionsById(history.revisions)
  const labels = labelsOf(history.revisions, byId)
  for (const choice of given) checkChoice(choice, history, env)
  const choices = new Map(given.map(({ name, key }) => [name, key]))
  const named = history.revisions.map((revision) => {
    const chosen = choices.get(revision.revision)
    const names = [...(labels.get(revision.revision) ?? []), ...foldersOf(revision)]
    const keys =
      chosen === undefined ? [...new Set(names.flatMap((name) => choices.get(name) ?? []))] : [chosen]
    return { revision, keys }
  })
  const open = named.filter(({ keys }) => keys.length !== 1)
  if (open.length > 0) throw undecided(open, env)
  return new Map(named.map(({ revision, keys }) => [revision.revision, keys[0] ?? '']))
}

/** The labels of each revision: its own, and those of what it comes after (Alembic, "Working with Branches"). */
function labelsOf(
  revisions: readonly ImportedRevision[],
  byId: RevisionsById,
): ReadonlyMap<string, ReadonlySet<string>> {
  const labels = new Map<string, ReadonlySet<string>>()
  // Parents come first in an imported history.
  for (const revision of revisions) {
    const inherited = parentsOf(revision, byId).flatMap((parent) => [...(labels.get(parent) ?? [])])
    labels.set(revision.revision, new Set([...revision.branchLabels, ...inherited]))
  }
  return labels
}

function checkChoice({ name, key }: LineChoice, { revisions }: ImportedHistory, env: Environment): void {
  if (!env.filter.includes(key)) {
    throw new MigError('unknown-line', `--line ${name}=${key}: ${key} is not an active schema key`, {
      help: `the schema keys are ${env.filter.join(', ')}`,
    })
  }
  const names = revisions.flatMap((revision) => [
    revision.revision,
    ...revision.branchLabels,
    ...foldersOf(revision),
  ])
  if (names.includes(name)) return
  const guess = nearest(name, [...new Set(names)])
  throw new MigError(
    'unknown-line',
    `--line ${name}=${key} names no revision, branch label or folder of the import`,
    { help: guess === undefined ? 'write a name that it has' : `did you mean --line ${guess}=${key}?` },
  )
}

const shown = 10

function undecided(
  open: readonly { readonly revision: ImportedRevision; readonly keys: readonly string[] }[],
  env: Environment,
): MigError {
  const list = open.slice(0, shown).map(({ revision: { revision, source }, keys }) => {
    const why = keys.length === 0 ? 'nothing says' : `may be ${keys.join(' or ')}`
    return `  ${revision} (${source}): ${why}`
  })
  const more = open.length > shown ? [`  and ${open.length - shown} more`] : []
  const [first] = open
  return new MigError(
    'which-line',
    `the line of these revisions is not known:\n${[...list, ...more].join('\n')}`,
    {
      help: `name the line of each revision, branch label or folder: --line ${first?.revision.revision ?? 'NAME'}=${env.filter[0] ?? 'KEY'}`,
      facts: { revisions: open.map(({ revision }) => revision.revision) },
    },
  )
}
