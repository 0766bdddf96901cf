import { allFlags, type CommandSpec, commonFlags, type Flag, fanOutFlags, runFlags } from './arguments.ts'

/** How wide a terminal is that nobody made wider. */
const columns = 80

/** The flags of a command, in the groups in which its help and its page show them. */
export function flagGroups(
  spec: CommandSpec,
): readonly { readonly title: string; readonly flags: readonly (readonly [string, Flag])[] }[] {
  const groupOf = (name: string, flag: Flag) => {
    if (isIn(commonFlags, name, flag)) return 'Every command'
    if (isIn(runFlags, name, flag)) return 'The run'
    return isIn(fanOutFlags, name, flag) ? 'Tenants' : 'Flags'
  }
  const flags = Object.entries(allFlags(spec))
  return ['Flags', 'The run', 'Tenants', 'Every command'].flatMap((title) => {
    const own = flags.filter(([name, flag]) => groupOf(name, flag) === title)
    return own.length === 0 ? [] : [{ title, flags: own }]
  })
}

const isIn = (group: Readonly<Record<string, Flag>>, name: string, flag: Flag) => group[name] === flag

/** A flag as it is typed: `-j, --jobs N`. */
export function flagUsage(name: string, { short, value }: Flag): string {
  const names = short === undefined || short === name ? `--${name}` : `-${short}, --${name}`
  const typed = short === name ? `-${short}` : names
  return value === undefined ? typed : `${typed} ${value}`
}

/** How a command is called: its name, and its arguments with their defaults. */
export function usageOf(spec: CommandSpec): string {
  const words = Object.entries(spec.positionals).map(([name, { default: fallback }]) => {
    if (fallback === undefined) return name.toUpperCase()
    return fallback === '' ? `[${name}]` : `[${name}=${fallback}]`
  })
  return [spec.program ?? 'just', spec.name, ...words].join(' ')
}

/** The text of `--help`, in 80 columns. */
export function helpText(spec: CommandSpec): string {
  const positionals = Object.entries(spec.positionals).map(([name, { help }]) => [name, help] as const)
  const groups = flagGroups(spec).map(({ title, flags }) => ({
    title,
    rows: flags.map(([name, flag]) => [flagUsage(name, flag), flag.help] as const),
  }))
  const parts = [
    ...(positionals.length === 0 ? [] : [{ title: 'Arguments', rows: positionals }]),
    ...groups,
  ].map(({ title, rows }) => `${title}\n${rows.map(row).join('\n')}`)
  const examples = spec.examples.map((example) => `  ${example}`)
  return `${[
    `${usageOf(spec)} [flags]`,
    wrapped(spec.summary, columns).join('\n'),
    ...parts,
    ...(examples.length === 0 ? [] : [`Examples\n${examples.join('\n')}`]),
  ].join('\n\n')}\n`
}

/** Where what an argument is for begins; one that is longer has it below. */
const indent = 26

function row([left, right]: readonly [string, string]): string {
  const [first = '', ...rest] = wrapped(right, columns - indent)
  const below = rest.map((line) => `${' '.repeat(indent)}${line}`)
  const head =
    left.length + 4 > indent
      ? [`  ${left}`, `${' '.repeat(indent)}${first}`]
      : [`  ${left.padEnd(indent - 2)}${first}`]
  return [...head, ...below].join('\n')
}

/** A text in lines of so many characters at most, unless a word is longer. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${line} ${word}`
  }
  return lines
}
