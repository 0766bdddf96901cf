import type { Decide, Decisions, OpenDecisions } from '../../migrations/core/autogenerate/index.ts'
import { MigError } from '../../migrations/core/index.ts'
import type { Flags } from './arguments.ts'
import { ask, isYes } from './ask.ts'
import type { CommandWith } from './command.ts'

/** Flags by which a person decides what a tool must not guess. */
export const decisionFlags = {
  rename: {
    help: "schema.table.column=name, schema.table=name, schema.table=schema.name, 'type schema.name=name': a rename, not a drop and an add",
    value: 'OLD=NEW',
    many: true,
  },
  renames: { help: 'off: everything that --rename does not name is a drop and an add', value: 'off' },
  using: {
    help: "schema.table.column='expression': the cast of a type change, or the value for rows when a column becomes NOT NULL",
    value: 'COLUMN=EXPR',
    many: true,
  },
  recreate: {
    help: "drop and add this column or table ('*' for all); its data is lost",
    value: 'NAME',
    many: true,
  },
} as const satisfies Flags

/**
 * The decisions of the flags, and what asks on a terminal about what they leave open.
 * @throws MigError `bad-flag`
 */
export function decisionsOf(
  command: CommandWith<typeof decisionFlags>,
): Decisions & { readonly decide?: Decide } {
  const canAsk = process.stdin.isTTY && !command.output.json
  return {
    ...givenDecisions(command),
    ...(canAsk ? { decide: (open: MigError) => askedDecisions(open, command.signal) } : {}),
  }
}

function givenDecisions({ flags }: CommandWith<typeof decisionFlags>): Decisions {
  const { renames } = flags
  if (renames !== undefined && renames !== 'off') {
    throw new MigError('bad-flag', `--renames can only be off, not ${JSON.stringify(renames)}`, {
      help: 'name a rename with --rename schema.table.column=name',
    })
  }
  return {
    renames: { given: renamePairs(flags.rename ?? []), others: renames === 'off' ? 'off' : 'ask' },
    casts: { using: pairs(flags.using ?? [], 'using'), recreate: flags.recreate ?? [] },
  }
}

/** `old=new`, split at the first equals sign that stands outside double quotes. */
function renamePairs(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, old, next] = /^((?:"[^"]*"|[^"=])+)=(.+)$/s.exec(text) ?? []
      if (old !== undefined && next !== undefined) return [old, next]
      throw new MigError('bad-flag', `--rename needs old=new, not ${JSON.stringify(text)}`, {
        help: 'for example --rename schema.table.column=new_name',
      })
    }),
  )
}

function pairs(texts: readonly string[], flag: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=')
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
      throw new MigError('bad-flag', `--${flag} needs name=value, not ${JSON.stringify(text)}`, {
        help: `for example --${flag} schema.table.column='column::text::uuid'`,
      })
    }),
  )
}

async function askedDecisions(error: MigError, signal: AbortSignal): Promise<Decisions> {
  const { renames = [], casts = [], fills = [], violations = [] } = error.facts as OpenDecisions
  // What cannot be asked about would come back for ever.
  if (renames.length + casts.length + fills.length + violations.length === 0) throw error
  /** Where the input has ended, nothing is decided. */
  const answerTo = async (question: string): Promise<string> => {
    const answer = await ask(question, signal)
    if (answer === undefined) throw error
    return answer
  }
  const given: Record<string, string> = {}
  const denied: string[] = []
  const taken = new Set<string>()
  for (const { kind, from, to } of renames) {
    const next = `${from.slice(0, from.lastIndexOf('.'))} ${to}`
    if (given[from] !== undefined || taken.has(next)) continue
    if (isYes(await answerTo(`Was ${kind} ${from} renamed to ${to}? [y/N] `))) {
      given[from] = to
      taken.add(next)
    } else denied.push(`${from}=${to}`)
  }
  const using: Record<string, string> = {}
  const recreate: string[] = []
  for (const { column, error: why } of casts) {
    const answer = await answerTo(`${column}: ${why}. USING expression, or empty to drop and add it: `)
    if (answer === '') recreate.push(column)
    else using[column] = answer
  }
  for (const column of fills) {
    const answer = await answerTo(`${column} becomes NOT NULL. Expression for rows without a value: `)
    // Without one there is nothing to go on with.
    if (answer === '') throw error
    using[column] = answer
  }
  for (const { table, constraint } of violations) {
    const question = `Rows of ${table} break ${constraint}. Delete them, in every database? [y/N] `
    if (!isYes(await answerTo(question))) throw error
    recreate.push(table)
  }
  return {
    // Once a table is known by its new name, its columns may be asked about.
    renames: { given, others: 'ask', denied },
    casts: { using, recreate },
  }
}
