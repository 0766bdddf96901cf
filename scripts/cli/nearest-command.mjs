import { shortening } from './short-arguments.mjs'

/** What other tools call it. */
const otherWords = {
  autogenerate: 'mig-autogen',
  generate: 'mig-autogen',
  makemigrations: 'mig-autogen',
  diff: 'mig-check',
  migrate: 'mig-upgrade',
  up: 'mig-upgrade',
  deploy: 'mig-upgrade',
  apply: 'mig-upgrade',
  down: 'mig-downgrade',
  rollback: 'mig-downgrade',
  revert: 'mig-downgrade',
  create: 'mig-revision',
  new: 'mig-revision',
  make: 'mig-revision',
  log: 'mig-history',
  validate: 'mig-verify',
  ensure_version: 'mig-stamp',
  baseline: 'mig-stamp',
  psql: 'db-psql',
  version: 'mig-current',
}

/** What other tools have as one command and is not one here; `‹name›` is a command as it is typed. */
const otherWays = {
  push: '‹mig-autogen› writes what the models changed into a revision, and ‹mig-upgrade› applies it',
  reset:
    '‹db-reset› deletes the embedded database, and ‹mig-downgrade-all› reverts every revision of any other',
  squash: '‹mig-autogen› --from-history writes one revision of a whole line: see docs/how-to/squash.md',
}

/**
 * What was typed, with `help COMMAND` as `COMMAND --help`.
 * @param {readonly string[]} words
 * @returns {readonly string[]}
 */
export function withoutHelp(words) {
  const [first, command] = words
  return first === 'help' && command !== undefined && !command.startsWith('-') ? [command, '--help'] : words
}

/**
 * The error of a command that does not exist, with what was probably meant.
 * @param {string} name as it was typed
 * @param {readonly string[]} args what came after it
 * @param {readonly string[]} commands as they are typed
 * @param {{ readonly list: string, readonly program: string }} shown how all of them are listed, and how one is called
 * @returns {Promise<string>}
 */
export async function unknownCommand(name, args, commands, shown) {
  const cut = shortening([name, ...args])
  const said = await whatIsMeant(name, args, commands, shown)
  return cut === undefined ? said : cut(said)
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {readonly string[]} commands
 * @param {{ readonly list: string, readonly program: string }} shown
 * @returns {Promise<string>}
 */
async function whatIsMeant(name, args, commands, { list, program }) {
  const [guess] = await meant(name, commands)
  if (name.startsWith('-')) {
    const [command = 'COMMAND'] = args.flatMap(
      (arg) => commands.find((each) => bare(each) === bare(arg)) ?? [],
    )
    const way =
      name === '-c' || name === '--config'
        ? 'MIG_DIR says which folder has env.ts; flags come after the command'
        : 'flags come after the command'
    return `error MIG-unknown-command: ${JSON.stringify(name.replace(/=.*/s, ''))} comes before a command\nhelp: ${way}: ${program} ${command} …\n`
  }
  const way = Object.entries(otherWays).find(([other]) => other === lastPart(name))?.[1]
  if (way !== undefined) {
    const typed = way.replace(/‹([^‹›]*)›/g, (_, command) => {
      const known = commands.find((each) => bare(each) === bare(command)) ?? command
      return `${program} ${known}`
    })
    return `error MIG-unknown-command: there is no command ${JSON.stringify(name)}\nhelp: ${typed}\n`
  }
  const family = commands.filter((command) => command.startsWith(`${name}-`))
  const guesses = family.length > 0 ? family : guess === undefined ? [] : [guess]
  const help =
    guesses.length === 0 ? `${list} lists them` : `did you mean ${guesses.join(', ')}? ${list} lists them all`
  return `error MIG-unknown-command: there is no command ${JSON.stringify(name)}\nhelp: ${help}\n`
}

/**
 * @param {string} name
 * @param {readonly string[]} commands
 * @returns {Promise<readonly string[]>} the nearest one, if any is near
 */
async function meant(name, commands) {
  const word = Object.entries(otherWords).find(([other]) => other === bare(lastPart(name)))?.[1]
  const same = commands.filter((command) => word !== undefined && bare(command) === bare(word))
  if (same.length > 0) return same
  const { distance } = await import('fastest-levenshtein')
  return commands
    .map((command) => ({ command, apart: distance(bare(name), bare(command)) }))
    .filter(({ command, apart }) => apart <= Math.max(2, Math.floor(bare(command).length / 3)))
    .sort((a, b) => a.apart - b.apart)
    .map(({ command }) => command)
}

/**
 * `push` of `db:push`, `up` of `migrate:up`: npm scripts and other tools name a command by its family first.
 * @param {string} name
 * @returns {string}
 */
function lastPart(name) {
  return name.replace(/^.*:/s, '')
}

/**
 * @param {string} command
 * @returns {string}
 */
function bare(command) {
  return command.replace(/^mig-/, '')
}
