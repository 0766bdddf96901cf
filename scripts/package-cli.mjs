#!/usr/bin/env node
// npx just-mig <command> [arguments], from the installed package: as launch.mjs, with what was built for it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import module from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { madeFolder, ownUser, userCacheHome } from '../migrations/core/environment/own-folder.mjs'
import manifest from '../package.json' with { type: 'json' }
import { unknownCommand, withoutHelp } from './cli/nearest-command.mjs'

const dist = fileURLToPath(new URL('.', import.meta.url))
const commands = readdirSync(join(dist, 'commands')).flatMap((file) =>
  file.endsWith('.js') ? [file.slice(0, -3)] : [],
)
const [name = '--help', ...args] = withoutHelp(process.argv.slice(2))
const command = [name, `mig-${name}`].find((each) => commands.includes(each))

if (name === '--version' || name === '-v') process.stdout.write(`${manifest.version}\n`)
else if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(overview())
else if (name === 'completion') await completion(args[0] ?? '')
else if (command === undefined) {
  const shown = { list: 'npx just-mig --help', program: `${caller()} just-mig` }
  process.stderr.write(await unknownCommand(name, args, commands.map(shortName), shown))
  process.exitCode = 2
} else {
  // The recipes call a command by its whole name; help lines are then theirs.
  if (!/^(?:mig|db)-/.test(name)) process.env.JUST_MIG_CALLED = `${caller()} just-mig`
  // As just does from a subfolder. What takes a path, or makes a project, is about the folder where it was called.
  const home = /^(?:mig-)?(?:init|import)$/.test(command) ? undefined : projectFolder(process.cwd())
  if (home !== undefined) process.chdir(home)
  keepCompiled()
  const { main } = await import(pathToFileURL(join(dist, 'commands', `${command}.js`)).href)
  await main(args, join(dist, '..'))
}

/** Node 22.8 and newer keep what V8 made of a file; not in the temp folder, their default, where others could plant it. */
function keepCompiled() {
  if (!('enableCompileCache' in module) || typeof module.enableCompileCache !== 'function') return
  const home = userCacheHome(true)
  const folder = home && madeFolder(home, ['just-mig', 'compiled'], ownUser(), 0o700)
  if (folder !== undefined) module.enableCompileCache(folder)
}

/**
 * Prints the completion script of a shell, or the schema keys of the project, which a completion asks for.
 * @param {string} shell
 */
async function completion(shell) {
  if (shell === 'keys') {
    const { loadEnvironment } = await import(pathToFileURL(join(dist, 'index.js')).href)
    const { filter } = await loadEnvironment({
      root: projectFolder(process.cwd()) ?? process.cwd(),
      filter: 'all',
    })
    return process.stdout.write([...filter, 'all', ''].join('\n'))
  }
  const file = { bash: 'just-mig.bash', zsh: '_just-mig', fish: 'just-mig.fish' }[shell]
  if (file !== undefined)
    return process.stdout.write(readFileSync(join(dist, '..', 'completions', file), 'utf8'))
  process.stderr.write(
    `error MIG-missing-argument: ${JSON.stringify(shell)} is not a shell with a completion\n`,
  )
  process.stderr.write('help: npx just-mig completion bash, zsh or fish\n')
  process.exitCode = 2
}

/** @param {string} file @returns {string} */
function shortName(file) {
  return file.replace(/^mig-/, '')
}

/** How the package manager that runs this runs programs. */
function caller() {
  const agent = process.env.npm_config_user_agent ?? ''
  if (agent.startsWith('bun')) return 'bunx'
  return ['pnpm', 'yarn'].find((each) => agent.startsWith(each)) ?? 'npx'
}

/**
 * The folder above that has the environment, where this one has none.
 * @param {string} from
 * @returns {string | undefined}
 */
function projectFolder(from) {
  const folder = process.env.MIG_DIR ?? 'migrations'
  for (let at = from; ; at = dirname(at)) {
    if (['ts', 'mts', 'js', 'mjs'].some((ending) => existsSync(join(at, folder, `env.${ending}`)))) return at
    if (dirname(at) === at) return undefined
  }
}

/** The recipes as the justfile lists them, by their groups, under the names that they have here. */
function overview() {
  const recipes = /^# (.*)\n\[group\('(.*)'\)\]\n([\w-]+)/gm
  const rows = [...readFileSync(join(dist, '..', 'justfile'), 'utf8').matchAll(recipes)].map(
    ([, does = '', group = '', recipe = '']) => ({ does, group, name: recipe.replace(/^mig-/, '') }),
  )
  rows.push({
    does: 'Wait for the database, then run: ACTION [target]',
    group: 'containers',
    name: 'run-migrations',
  })
  rows.push({
    does: 'Print the completion script of a shell: bash, zsh or fish',
    group: 'shell',
    name: 'completion',
  })
  const groups = [...new Set(rows.map(({ group }) => group))].map((group) => {
    const lines = rows.flatMap((row) => (row.group === group ? [`  ${row.name.padEnd(16)}${row.does}`] : []))
    return `${group}\n${lines.join('\n')}\n`
  })
  return `npx just-mig COMMAND [arguments]; for its flags: npx just-mig COMMAND --help\n\n${groups.join('\n')}`
}
