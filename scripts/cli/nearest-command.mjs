/**
 * The error of a command that there is not, with the nearest one.
 * @param {string} name as it was typed
 * @param {readonly string[]} commands as they are typed
 * @param {string} list how all of them are listed
 * @returns {Promise<string>}
 */
export async function unknownCommand(name, commands, list) {
  const { distance } = await import('fastest-levenshtein')
  const bare = (/** @type {string} */ command) => command.replace(/^mig-/, '')
  const [guess] = commands
    .map((command) => ({ command, apart: distance(bare(name), bare(command)) }))
    .filter(({ command, apart }) => apart <= Math.max(2, Math.floor(bare(command).length / 3)))
    .sort((a, b) => a.apart - b.apart)
  const help =
    guess === undefined ? `${list} lists them` : `did you mean ${guess.command}? ${list} lists them all`
  return `error MIG-unknown-command: there is no command ${JSON.stringify(name)}\nhelp: ${help}\n`
}
