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

/** @throws MigError `bad-flag` */
export function givenDecisions({ flags }: Pick<CommandWith<typeof decisionFlags>, 'flags'>): Decisions {
  const { renames } = flags
  if (renames !== undefined && renames !== 'off') {
    throw new MigError('bad-flag', `--renames can only be off, not ${JSON.stringify(renames)}`, {
      help: 'name a rename with --rename schema.table.column=name',
    })
  }
  return {
    renames: {
      given: pairs(flags.rename ?? [], 'rename', 'old=new', 'schema.table.column=new_name'),
      others: renames === 'off' ? 'off' : 'ask',
    },
    casts: {
      using: pairs(flags.using ?? [], 'using', 'name=value', "schema.table.column='column::text::uuid'"),
      recreate: flags.recreate ?? [],
    },
  }
}

/** `name=value`, split at the first equals sign that stands outside double quotes. */
function pairs(
  texts: readonly string[],
  flag: string,
  form: string,
  example: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [, name, value] = /^((?:"[^"]*"|[^"=])+)=(.+)$/s.exec(text) ?? []
      if (name !== undefined && value !== undefined) return [name, value]
      throw new MigError('bad-flag', `--${flag} needs ${form}, not ${JSON.stringify(text)}`, {
        help: `for example --${flag} ${example}`,
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
