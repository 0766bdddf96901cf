import { parseArgs } from 'node:util'
import { MigError, nearest } from '../../migrations/core/index.ts'
import { countOf } from '../../migrations/core/report/index.ts'
import { wayOfFlag } from './other-flags.ts'

/** A flag of a recipe: a switch, or one that takes a value (`value` is its name in the help). */
export interface Flag {
  readonly help: string
  readonly value?: string
  readonly many?: true
  readonly short?: string
}

export interface Positional {
  readonly help: string
  /** What an absent argument means; without it the argument must be given. */
  readonly default?: string
}

export type Flags = Readonly<Record<string, Flag>>

/** What a recipe takes, and what its `--help` says. */
export interface CommandSpec {
  readonly name: string
  /** What is typed before the name. Default `just`. */
  readonly program?: string
  readonly summary: string
  readonly positionals: Readonly<Record<string, Positional>>
  readonly flags: Flags
  readonly examples: readonly string[]
}

export type FlagValue = string | true | readonly string[]

/** The values of flags that were given, each of the type that its flag says. */
export type FlagValues<Given extends Flags> = {
  readonly [Name in keyof Given]?: Given[Name] extends { readonly many: true }
    ? readonly string[]
    : Given[Name] extends { readonly value: string }
      ? string
      : true
}

/** Parsed arguments, by name; a positional that was not given has its default. */
export interface Arguments<Spec extends Pick<CommandSpec, 'positionals' | 'flags'>> {
  readonly positionals: { readonly [Name in keyof Spec['positionals']]: string }
  /** The names of the positionals that were given. */
  readonly given: ReadonlySet<string>
  readonly flags: FlagValues<Spec['flags'] & typeof commonFlags>
}

/** Every recipe has these. */
export const commonFlags = {
  json: { help: 'JSON lines on stdout instead of text' },
  quiet: { help: 'results and errors only' },
  verbose: { help: 'print each statement, and details' },
  'show-data': { help: 'show row values in errors of the server, as on a terminal' },
  'database-url': { help: 'use this database instead of the configured one', value: 'URL' },
  help: { help: 'show this help', short: 'h' },
} as const satisfies Flags

/** Flags of the recipes that change the database. */
export const runFlags = {
  plan: { help: 'print the plan, and stop' },
  'lock-wait': { help: 'how long to wait for another runner (default 60s)', value: 'TIME' },
  'lock-timeout': { help: 'lock_timeout of each statement (default 4s)', value: 'TIME' },
  'statement-timeout': { help: 'statement_timeout of each statement (default off)', value: 'TIME' },
  transaction: {
    help: 'revision: one each (default); run: one for all; batch: one for many in a first upgrade',
    value: 'revision|run|batch',
  },
  'resume-edited': { help: 'resume a half-done revision whose file was edited since' },
  'allow-missing': { help: 'continue if the ledger has revisions that no file has' },
} as const satisfies Flags

/** Of the recipes that rebuild objects of the live database on a scratch database. */
export const trustLiveFlag = {
  help: 'rebuild objects of others, even with the rights of the database user',
} as const satisfies Flag

/** Flags that name the tenants of a tenant line. */
export const tenantFlags = {
  tenants: { help: 'tenants: all, names or globs with commas, or a range 0:100', value: 'WHICH' },
  shard: { help: 'only tenants of these shards', value: 'NAME' },
  x: {
    help: 'a key declared in env.ts, or schemas=a,b and the like',
    value: 'KEY=VALUE',
    many: true,
    short: 'x',
  },
} as const satisfies Flags

/** Flags of a run over tenants. */
export const fanOutFlags = {
  ...tenantFlags,
  jobs: { help: 'tenants at a time, each on its own connection (default 4)', value: 'N', short: 'j' },
  canary: { help: 'run N tenants first, and the others only if none fails', value: 'N' },
  continue: { help: 'continue after a tenant fails; exit 7 with the list' },
  'max-failures': { help: 'continue until N tenants have failed', value: 'N' },
  share: { help: 'divide the tenants with the same command on other machines' },
} as const satisfies Flags

/** The schema filter as the last positional of most recipes. */
export const schemasArgument = {
  help: 'schema keys separated by commas, or all',
  default: 'all',
} as const satisfies Positional

/** `-1` and `+2` are targets, not flags; so is a message such as `-- drop the old column`. */
const noFlag = /^[-+]\d+$|^-[^=]*\s/
/** A message is the first line of a file, and stands in lists. */
const longestMessage = 1000
const looksLikeTarget = /^(heads?|base|current)$|[\d@:+]/

/**
 * Parses what a recipe was called with. An empty positional keeps its place and counts as not given.
 * @throws MigError `unknown-flag` with the nearest one, `too-many-arguments`, `missing-argument`, `swapped-arguments`, `bad-argument`, `bad-flag`.
 */
export function parseArguments<Spec extends CommandSpec>(
  spec: Spec,
  argv: readonly string[],
): Arguments<Spec> {
  const flags = allFlags(spec)
  const words = parse(
    spec,
    flags,
    argv.map((word) => (noFlag.test(word) ? `\0${word}` : word)),
  )
  const names = Object.keys(spec.positionals)
  const values = schemasBeforeRange(
    names,
    words.positionals.map((word) => word.replace(/^\0/, '')),
  )
  if (values.length > names.length) {
    throw new MigError(
      'too-many-arguments',
      `${spec.name} takes ${countOf(names.length, 'argument')}, not ${values.length}: ${values.join(' ')}`,
      { help: `put a message with spaces in quotes; ${seeHelp(spec)}` },
    )
  }
  refuseSwapped(spec, values)
  const first = onlySchemas(spec, argv, values) ? 1 : 0
  const given = new Set<string>()
  const positionals: Record<string, string> = {}
  for (const [at, [name, { default: fallback }]] of Object.entries(spec.positionals).entries()) {
    const typed = values[at - first]
    if (typed) given.add(name)
    const value = typed || fallback
    if (name === 'message' && typed !== undefined && typed.length > longestMessage) throw tooLong(typed)
    if (value === undefined && words.values.help !== true) throw missing(spec, name)
    positionals[name] = value ?? ''
  }
  // Each value has the form that its flag says: `parse` gives them by the spec.
  const parsed: unknown = { positionals, given, flags: words.values }
  return parsed as Arguments<Spec>
}

/** A range is known by its colon, so it may come first, as for mig-sql: `just mig-history base:1d9a user`. */
function schemasBeforeRange(names: readonly string[], values: readonly string[]): readonly string[] {
  const [range = '', schemas = '', ...others] = values
  const isTurned = names[0] === 'schemas' && names[1] === 'range' && range.includes(':')
  return isTurned && !schemas.includes(':') ? [schemas, range, ...others] : values
}

/**
 * With a flag in front a lone word is the filter, unless it looks like a target: `just mig-upgrade --plan user`.
 */
function onlySchemas(spec: CommandSpec, argv: readonly string[], values: readonly string[]): boolean {
  const [first, second] = Object.entries(spec.positionals)
  const [value = ''] = values
  const flagInFront = argv[0]?.startsWith('--') === true
  const isPossible = first?.[1].default !== undefined && second?.[0] === 'schemas'
  return flagInFront && isPossible && values.length === 1 && !looksLikeTarget.test(value)
}

/** The filter comes last: `just mig-autogen user "add a column"` and `just mig-upgrade user head` are turned. */
function refuseSwapped(spec: CommandSpec, [first = '', second = '']: readonly string[]): void {
  const [name, filter] = Object.keys(spec.positionals)
  if (filter !== 'schemas' || first === '' || second === '') return
  const isTurned =
    name === 'message'
      ? /\s/.test(second) && !/\s/.test(first)
      : /^(heads?|base|current|[-+]\d+)$/.test(second) && !looksLikeTarget.test(first)
  if (!isTurned) return
  const typed = /\s/.test(second) ? JSON.stringify(second) : second
  throw new MigError('swapped-arguments', `${spec.name} takes the ${name} first, then the schemas`, {
    help: `${spec.program ?? 'just'} ${spec.name} ${typed} ${first}`,
  })
}

/** The flags that a command has, with those that every command has. */
export function allFlags(spec: CommandSpec): Flags {
  return { ...spec.flags, ...commonFlags }
}

function parse(spec: CommandSpec, flags: Flags, args: string[]) {
  const options = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [
      name,
      {
        type: flag.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(flag.many ? { multiple: true } : {}),
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  )
  try {
    const given = parseArgs({ args, options, allowPositionals: true, strict: true, tokens: true })
    const { values, positionals, tokens } = given
    const names = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []))
    refuseTwice(spec, flags, names)
    return {
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, restore(value)])),
      positionals,
    }
  } catch (error) {
    throw flagError(spec, Object.keys(flags), error)
  }
}

/** Of a value that is given twice the last one would win, and nobody would be told of the other. */
function refuseTwice(spec: CommandSpec, flags: Flags, names: readonly string[]): void {
  const twice = names.find((name, at) => {
    const { value, many } = flags[name] ?? {}
    return value !== undefined && many !== true && names.indexOf(name) !== at
  })
  if (twice === undefined) return
  throw new MigError('bad-flag', `--${twice} is given twice`, { help: `give it once; ${seeHelp(spec)}` })
}

function restore(value: unknown): FlagValue {
  if (typeof value === 'string') return value.replace(/^\0/, '')
  return Array.isArray(value) ? value.map((item) => String(item).replace(/^\0/, '')) : true
}

function flagError(spec: CommandSpec, names: readonly string[], error: unknown): unknown {
  if (!(error instanceof TypeError)) return error
  const unknown = /Unknown option '(-{1,2}[^']+)'/.exec(error.message)?.[1]
  if (unknown === undefined) {
    return new MigError('bad-flag', error.message.split('\n')[0]?.replaceAll('\0', '') ?? '', {
      help: seeHelp(spec),
    })
  }
  const word = unknown.replace(/^-+/, '')
  const guess = word.length === 1 ? names.find((name) => name.startsWith(word)) : nearest(word, names)
  const known = guess === undefined ? seeHelp(spec) : `did you mean --${guess}?`
  return new MigError('unknown-flag', `${spec.name} has no flag ${unknown}`, {
    help: wayOfFlag(unknown, spec) ?? known,
  })
}

function missing(spec: CommandSpec, name: string): MigError {
  return new MigError(
    'missing-argument',
    `${spec.name} needs ${name}: ${spec.positionals[name]?.help ?? ''}`,
    { help: spec.examples[0] === undefined ? seeHelp(spec) : `for example: ${spec.examples[0]}` },
  )
}

function tooLong({ length }: string): MigError {
  return new MigError(
    'bad-argument',
    `the message has ${length} characters, and ${longestMessage} are the most`,
    { help: 'say in a line what it does, and the rest in the file' },
  )
}

function seeHelp({ name, program = 'just' }: CommandSpec): string {
  return `see ${program} ${name} --help`
}

/**
 * Lets a flag stand without its value, which `parseArgs` does not know: `--changed` becomes `--changed=`, and
 * `--changed main` `--changed=main`.
 */
export function optionalValue(argv: readonly string[], name: string): string[] {
  const at = argv.indexOf(`--${name}`)
  if (at === -1) return [...argv]
  const next = argv[at + 1]
  const hasValue = next !== undefined && next !== '' && !next.startsWith('-')
  return [...argv.slice(0, at), `--${name}=${hasValue ? next : ''}`, ...argv.slice(at + (hasValue ? 2 : 1))]
}
