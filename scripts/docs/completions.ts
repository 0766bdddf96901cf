import { allFlags, type CommandSpec, type Flag } from '../cli/arguments.ts'

/** A command as `just-mig` knows it, with the flags that it takes. */
interface Command {
  readonly name: string
  readonly summary: string
  readonly flags: readonly (readonly [string, Flag])[]
}

/** The completions of `just-mig` for each shell, by the path of their file. */
export function completionFiles(specs: ReadonlyMap<string, CommandSpec>): Readonly<Record<string, string>> {
  const commands = [...specs.values()]
    .map((spec) => ({
      name: spec.name.replace(/^mig-/, ''),
      summary: spec.summary.replace(/[:;.].*$/s, ''),
      flags: Object.entries(allFlags(spec)),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return {
    'completions/just-mig.bash': bash(commands),
    'completions/_just-mig': zsh(commands),
    'completions/just-mig.fish': fish(commands),
  }
}

const typed = ([name, { short }]: readonly [string, Flag]): readonly string[] =>
  short === name ? [`-${name}`] : [...(short === undefined ? [] : [`-${short}`]), `--${name}`]

const head = (how: string) =>
  `# Completion of just-mig, written by npm run docs:reference from the specs of its commands.\n# ${how}`

function bash(commands: readonly Command[]): string {
  const cases = commands.map(({ name, flags }) => `    ${name}) words='${flags.flatMap(typed).join(' ')}' ;;`)
  return `${head('In ~/.bashrc: eval "$(npx just-mig completion bash)"')}
_just_mig() {
  local words cur=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words= ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _just_mig just-mig
`
}

/** A text between single quotes of a shell, without what zsh's lists read as their own. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
const plain = (text: string): string => text.replace(/[[\]:\\]/g, ' ').replace(/ {2,}/g, ' ')

function zsh(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${plain(summary)}`)}`)
  const cases = commands.map(({ name, flags }) => {
    const specs = flags.flatMap(([flag, spec]) =>
      typed([flag, spec]).map((word) => {
        const value = spec.value === undefined ? '' : `:${plain(spec.value)}:_files`
        return `      ${quoted(`${spec.many ? '*' : ''}${word}[${plain(spec.help)}]${value}`)}`
      }),
    )
    return `    ${name}) _arguments -s \\\n${specs.join(' \\\n')} \\\n      '*:argument:_files' ;;`
  })
  return `#compdef just-mig
${head('Put it as _just-mig into a folder of $fpath: npx just-mig completion zsh > ~/.zfunc/_just-mig')}
local -a commands=(
${names.join('\n')}
)
if (( CURRENT == 2 )); then
  _describe command commands
else
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
fi
`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, flags }) => [
    `complete -c just-mig -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...flags.map(([flag, { short, value, help }]) => {
      const names = short === flag ? `-s ${flag}` : `${short === undefined ? '' : `-s ${short} `}-l ${flag}`
      const takes = value === undefined ? '' : ' -r'
      return `complete -c just-mig -n '__fish_seen_subcommand_from ${name}' ${names}${takes} -d ${quoted(help)}`
    }),
  ])
  return `${head('npx just-mig completion fish > ~/.config/fish/completions/just-mig.fish')}\n${lines.join('\n')}\n`
}
