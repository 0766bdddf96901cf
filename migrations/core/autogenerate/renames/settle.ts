import { type Change, namedKindWord, type Rename } from '../../difference/index.ts'
import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { nameText, newNameText } from '../questions/names.ts'

/** What a person said about renames: `--rename schema.table.column=name`, `--rename schema.table=name`. */
export interface RenameDecisions {
  /** Old name, as `schema.table` or `schema.table.column` → the new name, with a schema where it moves to another one. */
  readonly given: Readonly<Record<string, string>>
  /** `off`: whatever is not given is a drop and an add. */
  readonly others: 'ask' | 'off'
  /** What a person was asked about and is not a rename, as `old=new`. */
  readonly denied?: readonly string[]
}

/**
 * Holds what could be a rename against what a person said.
 * @param open what could still be a rename where those given are made
 * @throws MigError `decision-needed` (exit 4) with every open candidate
 */
export function expectDecided(open: readonly Rename[], { others }: Pick<RenameDecisions, 'others'>): void {
  if (others === 'off') return
  if (open.length === 0) return
  const likeliest = apart(open)
  const flags = likeliest.map((each) => `--rename ${shellWord(renameText(each))}`)
  const otherwise = 'with --renames=off the rest are drops and adds, and their data is lost'
  throw new MigError(
    'decision-needed',
    `these could be renames, or drops and adds that lose data:\n${open.map((each) => `  ${renameText(each)}`).join('\n')}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: `say which are: ${flags.join(' ')}; ${otherwise}`,
      facts: {
        renames: open.map((each) => ({
          kind: namedKindWord(each.from.kind),
          from: nameText(each.from),
          to: newNameText(each.from, each.to),
          likeliest: likeliest.includes(each),
        })),
        flags,
        otherwise,
      },
    },
  )
}

/** The first for each object, so that they can be given together. */
function apart(open: readonly Rename[]): readonly Rename[] {
  const taken = new Set<string>()
  return open.filter(({ from, to }) => {
    const names = [`from ${nameText(from)}`, `to ${nameText(to)}`]
    if (names.some((name) => taken.has(name))) return false
    for (const name of names) taken.add(name)
    return true
  })
}

/** `rfx_user.profile.name=display_name`, as `--rename` takes it. */
export function renameText({ from, to }: Rename): string {
  return `${nameText(from)}=${newNameText(from, to)}`
}

/** The rename in the other direction. */
export function reversed({ from, to }: Rename): Rename {
  return { from: to, to: from }
}

/** A rename as a change: `rename column app.t.a to app.t.b`. */
export function renamedChange({ from, to }: Rename): Change {
  const kind = namedKindWord(from.kind)
  return { verb: 'rename', kind, name: nameText(from), schema: from.schema, detail: `to ${nameText(to)}` }
}
