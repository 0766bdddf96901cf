import { exitCodes, MigError } from '../errors.ts'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import type { Action, RenameCandidate } from './engine/index.ts'

/** What a person said about renames: `--rename schema.table.column=name`, `--rename schema.table=name`. */
export interface RenameDecisions {
  /** Old name, as `schema.table` or `schema.table.column` → the new name alone. */
  readonly given: Readonly<Record<string, string>>
  /** `off`: whatever is not given is a drop and an add. */
  readonly others: 'ask' | 'off'
}

/**
 * The renames to make, settled by what a person said.
 * @throws MigError `decision-needed` (exit 4) with every open candidate; `not-a-rename` for a `--rename` of
 *   something that is not dropped, or to a name that is not added.
 */
export function settledRenames(
  candidates: readonly RenameCandidate[],
  decisions: RenameDecisions,
): readonly RenameCandidate[] {
  const settled = Object.entries(decisions.given).map(([old, name]) => {
    const match = candidates.find((candidate) => oldName(candidate) === old && candidate.to === name)
    if (match !== undefined) return match
    throw new MigError(
      'not-a-rename',
      `${old} → ${name} is no rename: models and database do not differ so`,
      {
        help:
          candidates.length === 0
            ? 'nothing looks renamed; leave --rename out'
            : `these could be renames: ${candidates.map(renameText).join(', ')}`,
      },
    )
  })
  if (decisions.others === 'off') return settled
  const open = candidates.filter(
    (candidate) =>
      !settled.some(
        (each) => sameParent(each, candidate) && (each.from === candidate.from || each.to === candidate.to),
      ),
  )
  const [first] = open
  if (first === undefined) return settled
  throw new MigError(
    'decision-needed',
    `these could be renames, or drops and adds that lose data:\n${open.map((each) => `  ${renameText(each)}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say which are: --rename ${renameText(first)}; with --renames=off the rest are drops and adds`,
      facts: { renames: open.map((each) => ({ kind: each.kind, from: oldName(each), to: each.to })) },
    },
  )
}

/** The statement of a rename (ALTER TABLE … RENAME), which keeps every row. */
export function renameAction(rename: RenameCandidate): Action {
  const { schema, table, from, to } = rename
  const sql =
    table === null
      ? `ALTER TABLE ${qualifiedName(schema, from)} RENAME TO ${quoteIdent(to)}`
      : `ALTER TABLE ${qualifiedName(schema, table)} RENAME COLUMN ${quoteIdent(from)} TO ${quoteIdent(to)}`
  const id = (name: string) =>
    table === null
      ? ({ kind: 'table', schema, name } as const)
      : ({ kind: 'column', schema, table, name } as const)
  return {
    sql,
    produces: [id(to)],
    consumes: [],
    destroys: [id(from)],
    needs: [],
    lock: 'accessExclusive',
    rewrites: false,
    losesData: false,
    castRisk: 'none',
    transaction: 'plain',
    needsCommitBefore: false,
    verb: 'alter',
  }
}

/** `rfx_user.profile.name=display_name`, as `--rename` takes it. */
export function renameText(candidate: RenameCandidate): string {
  return `${oldName(candidate)}=${candidate.to}`
}

/** The way back. */
export function reversed(rename: RenameCandidate): RenameCandidate {
  return { ...rename, from: rename.to, to: rename.from }
}

function oldName({ schema, table, from }: RenameCandidate): string {
  return [schema, ...(table === null ? [] : [table]), from].join('.')
}

function sameParent(a: RenameCandidate, b: RenameCandidate): boolean {
  return a.kind === b.kind && a.schema === b.schema && a.table === b.table
}
