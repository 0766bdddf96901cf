import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { directives } from '../migrations/core/operations/directives/all.ts'
import { commandSpecs, commandsPage } from '../scripts/docs/commands.ts'
import { completionFiles } from '../scripts/docs/completions.ts'
import { errorsPage, errorTexts } from '../scripts/docs/errors.ts'
import { jsonPage } from '../scripts/docs/json.ts'
import { operationsPage } from '../scripts/docs/operations.ts'
import { settingsPage } from '../scripts/docs/settings.ts'
import { repository } from './support/recipes.ts'

const page = (name: string) => join(repository, 'docs', 'reference', name)

test('json.md says what the types of the lines say', async () => {
  await expect(jsonPage(repository)).toMatchFileSnapshot(page('json.md'))
})

test('commands.md says what the specs of the commands say', async () => {
  await expect(commandsPage(repository, await commandSpecs(repository))).toMatchFileSnapshot(
    page('commands.md'),
  )
})

test('settings.md says what .env.example and the types of the options say', async () => {
  await expect(settingsPage(repository)).toMatchFileSnapshot(page('settings.md'))
})

test('operations.md has every directive', async () => {
  const text = operationsPage(repository)
  await expect(text).toMatchFileSnapshot(page('operations.md'))
  expect(Object.keys(directives).filter((name) => !text.includes(`| \`${name}(`))).toEqual([])
})

test('errors.md has every code that there is, and no other', async () => {
  const texts = errorTexts(repository)
  await expect(errorsPage(texts)).toMatchFileSnapshot(page('errors.md'))
  const names = [...texts.keys()]
  const sources = ['migrations/core', 'scripts'].flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|mjs|py)$/.test(name) && name !== join('docs', 'errors.ts'))
      .map((name) => readFileSync(join(repository, folder, name), 'utf8')),
  )
  const thrown = sources.flatMap((source) => {
    // A function that is given the code has it in a call of its own file.
    const passed = /MigError\(code/.test(source) ? [...source.matchAll(/\(\s*'([a-z]+(?:-[a-z]+)+)',/g)] : []
    return [
      ...source.matchAll(/MigError\(\s*'([a-z-]+)'|MIG-([a-z-]+): |'warning',\s*code: '([a-z-]+)'/g),
      ...passed,
    ].map(([, first, second, third]) => first ?? second ?? third ?? '')
  })
  expect([...new Set(thrown)].filter((name) => !names.includes(name)).toSorted()).toEqual([])
  const all = sources.join('\n')
  expect(names.filter((name) => !new RegExp(`['-]${name}\\b`).test(all))).toEqual([])
})

test('completions know every command and flag', async () => {
  const files = completionFiles(await commandSpecs(repository))
  for (const [name, text] of Object.entries(files))
    await expect(text).toMatchFileSnapshot(join(repository, name))
})

/** What a shell offers for each line that ends where the cursor is. */
const shells = {
  bash: (line: string) => {
    const words = line.split(' ')
    return shell('bash', [
      '-c',
      `. completions/just-mig.bash; COMP_WORDS=(${words.join(' ')} ${words.at(-1) === '' ? "''" : ''}); COMP_CWORD=${words.length - 1}; _just_mig; echo "\${COMPREPLY[@]}"`,
    ])
  },
  fish: (line: string) =>
    shell('fish', ['--no-config', '-c', `source completions/just-mig.fish; complete -C '${line}'`]),
  'zsh, in a folder of $fpath,': (line: string, offered: string) =>
    zsh('fpath=($PWD/completions \\$fpath); autoload -Uz compinit; compinit -u -D', line, offered),
  'zsh, by eval,': (line: string, offered: string) =>
    zsh('autoload -Uz compinit; compinit -u -D; eval \\"\\$(cat completions/_just-mig)\\"', line, offered),
}

/** The line is typed once the prompt is there: only then the terminal gives each key to the shell. */
function zsh(setUp: string, line: string, offered: string): string {
  return shell('zsh', [
    '-fc',
    `zmodload zsh/zpty; zpty z zsh -f -i
zpty -w z "stty -echo; ${setUp}; setopt promptsubst; PS1='READY-\\$((1+1)) '"
zpty -r z _ '*READY-2*'
zpty -w -n z '${line}'$'\t\t'
zpty -r z seen '*${offered}*'; print -r -- $seen`,
  ])
}

function shell(program: string, args: readonly string[]): string {
  const options = { cwd: repository, encoding: 'utf8', timeout: 30_000 } as const
  return execFileSync(program, args, options)
}

for (const [name, offer] of Object.entries(shells))
  test(`${name} completes commands, flags, and values that are one of few`, ({ skip }) => {
    const [program = name] = name.split(',')
    try {
      execFileSync(program, ['--version'], { stdio: 'ignore' })
    } catch {
      skip(`${program} is not installed`)
    }
    const offers = [
      ['just-mig upg', 'upgrade'],
      ['just-mig upgrade --can', '--canary'],
      ['just-mig upgrade --transaction ', 'revision'],
      ['just-mig completion ', 'fish'],
      ['just-mig upgrade hea', 'heads'],
      ['just-mig import al', 'alembic'],
    ] as const
    for (const [line, offered] of offers) expect(offer(line, offered), line).toContain(offered)
  })
