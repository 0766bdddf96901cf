#!/usr/bin/env node
// npx just-mig <command> [arguments], from the installed package: as launch.mjs, with what was built for it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import manifest from '../package.json' with { type: 'json' }

const dist = fileURLToPath(new URL('.', import.meta.url))
const commands = readdirSync(join(dist, 'commands')).flatMap((file) =>
  file.endsWith('.js') ? [file.slice(0, -3)] : [],
)
const [name = '--help', ...args] = process.argv.slice(2)
const command = [name, `mig-${name}`].find((each) => commands.includes(each))

if (name === '--version' || name === '-v') process.stdout.write(`${manifest.version}\n`)
else if (name === '--help' || name === '-h' || name === 'help') process.stdout.write(overview())
else if (command === undefined) {
  process.stderr.write(`error MIG-unknown-command: there is no command ${JSON.stringify(name)}\n`)
  process.stderr.write('help: npx just-mig --help lists them; to begin with: npx just-mig init\n')
  process.exitCode = 2
} else {
  const { main } = await import(pathToFileURL(join(dist, 'commands', `${command}.js`)).href)
  await main(args, join(dist, '..'))
}

/** The recipes as the justfile lists them, by their groups, under the names that they have here. */
function overview() {
  const recipes = /^# (.*)\n\[group\('(.*)'\)\]\n([\w-]+)/gm
  const rows = [...readFileSync(join(dist, '..', 'justfile'), 'utf8').matchAll(recipes)].map(
    ([, does = '', group = '', recipe = '']) => ({ does, group, name: recipe.replace(/^mig-/, '') }),
  )
  rows.push({
    does: 'For containers: waits for the database, then upgrade, downgrade, current … with JSON logs',
    group: 'containers',
    name: 'run-migrations',
  })
  const groups = [...new Set(rows.map(({ group }) => group))].map((group) => {
    const lines = rows.flatMap((row) => (row.group === group ? [`  ${row.name.padEnd(15)} ${row.does}`] : []))
    return `${group}\n${lines.join('\n')}\n`
  })
  return `npx just-mig COMMAND [arguments]; --help after a command tells more\n\n${groups.join('\n')}`
}
