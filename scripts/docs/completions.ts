import { allFlags, type CommandSpec, type Flag, type Positional, schemasArgument } from '../cli/arguments.ts'

/** A command as `just-mig` knows it, with the flags that it takes and the words of each of its arguments. */
interface Command {
  readonly name: string
  readonly summary: string
  readonly flags: readonly (readonly [string, Flag])[]
  readonly words: readonly (readonly string[] | typeof keys)[]
}

/** In the place of an argument's words: the schema keys of the project, which `just-mig completion keys` prints. */
const keys = 'keys'

/** The words that the help of an argument lists, as `head, heads, +N, a revision`. */
function wordsOf({ help }: Positional): Command['words'][number] {
  if (help === schemasArgument.help) return keys
  const parts = help.replaceAll(/\([^()]*\)/g, '').split(/[,;]/)
  return parts
    .map((part) => part.trim().replace(/^([+-])N$/, '$11'))
    .filter((part) => /^(?:[a-z-]+|[+-]1)$/.test(part))
}

/** The values of a flag that takes one of few words, as `revision|run`. */
function choices({ value = '' }: Flag): readonly string[] {
  return /^[a-z]+(?:\|[a-z]+)*$/.test(value) ? value.split('|') : []
}

const shells = ['bash', 'zsh', 'fish']

/** The completions of `just-mig` for each shell, by the path of their file. */
export function completionFiles(specs: ReadonlyMap<string, CommandSpec>): Readonly<Record<string, string>> {
  const recipes = [...specs.values()].map((spec) => ({
    name: spec.name.replace(/^mig-/, ''),
    summary: spec.summary.replace(/[:;.].*$/s, ''),
    flags: Object.entries(allFlags(spec)),
    words: Object.values(spec.positionals).map(wordsOf),
  }))
  const completion = {
    name: 'completion',
    summary: 'Prints the completion script of a shell',
    flags: [],
    words: [shells],
  }
  const commands = [...recipes, completion].toSorted((a, b) => (a.name < b.name ? -1 : 1))
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
  const cases = commands.map(({ name, flags, words }) => {
    const args = words.flatMap((each, at) => {
      const offered = each === keys ? '$(_just_mig_keys)' : each.join(' ')
      return offered === '' ? [] : [`${at + 1}) words+=" ${offered}" ;; `]
    })
    const places = args.length === 0 ? '' : ` case $at in ${args.join('')}esac`
    return `    ${name}) words='${flags.flatMap(typed).join(' ')}';${places} ;;`
  })
  const all = commands.flatMap(({ flags }) => flags)
  const values = new Map(
    all.flatMap(([flag, spec]) => (choices(spec).length > 0 ? [[`--${flag}`, choices(spec)] as const] : [])),
  )
  const valued = new Set(all.flatMap((flag) => (/^[^[]/.test(flag[1].value ?? '') ? typed(flag) : [])))
  return `${head('In ~/.bashrc: eval "$(npx just-mig completion bash)"')}
_just_mig_keys() {
  "\${COMP_WORDS[0]}" completion keys 2>/dev/null | tr '\\n' ' '
}
_just_mig() {
  local words before= cur=\${COMP_WORDS[COMP_CWORD]} at=1 i
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur"))
    return
  fi
  for ((i = 2; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${[...valued].join('|')}) ((i++)) ;;
      -[0-9]*) ((at++)) ;;
      -*) ;;
      *) ((at++)) ;;
    esac
  done
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    *) words= ;;
  esac
  case \${COMP_WORDS[COMP_CWORD-1]} in
${[...values].map(([flag, words]) => `    ${flag}) words='${words.join(' ')}' ;;`).join('\n')}
  esac
  # Several schema keys have commas between them.
  case $cur in *,*) before=\${cur%,*}, ;; esac
  COMPREPLY=($(compgen -P "$before" -W "$words" -- "\${cur##*,}"))
}
complete -o default -F _just_mig just-mig
`
}

/** A text between single quotes of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
/** A text in one of zsh's lists, whose marks are not the list's. */
const escaped = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&')

function zsh(commands: readonly Command[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${escaped(summary)}`)}`)
  const cases = commands.map(({ name, flags, words: args }) => {
    const specs = flags.flatMap(([flag, spec]) =>
      typed([flag, spec]).map((word) => {
        const words = choices(spec)
        const action = words.length > 0 ? `(${words.join(' ')})` : '_files'
        const value = spec.value === undefined ? '' : `:${escaped(spec.value)}:${action}`
        return `      ${quoted(`${spec.many ? '*' : ''}${word}[${escaped(spec.help)}]${value}`)}`
      }),
    )
    const places = args.map((each, at) => {
      const action = each === keys ? '_just_mig_keys' : each.length > 0 ? `(${each.join(' ')})` : '_files'
      return `      '${at + 1}:argument:${action}'`
    })
    const rest = args.includes(shells) ? [] : ["      '*:argument:_files'"]
    return `    ${name}) _arguments -s \\\n${[...specs, ...places, ...rest].join(' \\\n')} ;;`
  })
  return `#compdef just-mig
${head('In ~/.zshrc, after compinit: eval "$(npx just-mig completion zsh)"; or as _just-mig in a folder of $fpath')}
_just_mig_keys() {
  local -a names=(\${(f)"$(just-mig completion keys 2>/dev/null)"})
  _values -s , 'schema key' $names
}
_just-mig() {
  # zsh/parameter has a special parameter that is called commands.
  local -a subcommands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command subcommands
  else
    local subcommand=$words[2]
    shift words
    (( CURRENT-- ))
    case $subcommand in
${cases.join('\n')}
    esac
  fi
}
# From a folder of $fpath this file is read when the function is called for the first time.
if [[ $funcstack[1] == _just-mig ]]; then _just-mig "$@"; else compdef _just-mig just-mig; fi
`
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap(({ name, summary, flags, words: args }) => [
    `complete -c just-mig -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ...flags.map(([flag, { short, value, help }]) => {
      const names = short === flag ? `-s ${flag}` : `${short === undefined ? '' : `-s ${short} `}-l ${flag}`
      const words = choices({ help, value })
      const takes = words.length > 0 ? ` -x -a '${words.join(' ')}'` : value === undefined ? '' : ' -r'
      return `complete -c just-mig -n '__fish_seen_subcommand_from ${name}' ${names}${takes} -d ${quoted(help)}`
    }),
    ...args.flatMap((each, at) => {
      const offered =
        each === keys ? '(__fish_append , (just-mig completion keys 2>/dev/null))' : each.join(' ')
      const isHere = `__fish_seen_subcommand_from ${name}; and __just_mig_at ${at + 1}`
      return offered === '' ? [] : [`complete -c just-mig -n '${isHere}' -a '${offered}'`]
    }),
  ])
  return `${head('npx just-mig completion fish > ~/.config/fish/completions/just-mig.fish')}
function __just_mig_at --argument-names place
  test (count (commandline -opc | string match -rv -- '^-[^0-9]')) -eq (math $place + 1)
end
complete -c just-mig -n __fish_use_subcommand -f
complete -c just-mig -n '__fish_seen_subcommand_from completion' -f
${lines.join('\n')}
`
}
