#!/usr/bin/env node
// node scripts/launch.mjs <command> [arguments]: runs scripts/mig-<command>.ts (or scripts/<command>.ts).
// Plain JavaScript, since Node 20 runs no TypeScript; the scripts themselves are built once and again
// whenever any file that went into the build has changed.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BuildError, freshBuild } from './cli/fresh-build.mjs'
import { unknownCommand, withoutHelp } from './cli/nearest-command.mjs'
import { runBuild } from './cli/run-build.mjs'

// Node 20 has no `navigator`, and the PostgreSQL driver then builds a `Response` to see whether it runs at
// Cloudflare, which loads all of Node's fetch: 12 ms of every command.
if (!('navigator' in globalThis))
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } })

// A full or closed stderr has nobody to tell, and must not change the exit code.
process.stderr.on('error', () => undefined)

const scripts = fileURLToPath(new URL('.', import.meta.url))
const [name = 'help', ...args] = withoutHelp(process.argv.slice(2))
const known = (/** @type {string} */ file) => existsSync(join(scripts, `${file}.ts`))
const script = [name, `mig-${name}`].find((file) => /^[\w-]+$/.test(file) && known(file))

if (script === undefined) {
  const names = readdirSync(scripts).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []))
  const shown = { list: 'npx just --list', program: 'just' }
  process.stderr.write(await unknownCommand(name, args, names, shown))
  process.exitCode = 2
} else {
  const root = join(scripts, '..')
  const main = mainOf(root, script)
  await main?.(args, root)
}

/**
 * What a script is started by; undefined where it does not build, which is said.
 * @param {string} root
 * @param {string} script
 */
function mainOf(root, script) {
  try {
    const { main } = runBuild(freshBuild(root, script), args.includes('--help') ? 'help' : 'run')
    if (typeof main !== 'function') throw new TypeError(`scripts/${script}.ts exports no main`)
    return main
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    sayWhatDoesNotBuild(error)
    return undefined
  }
}

/** @param {BuildError} error */
function sayWhatDoesNotBuild({ lines, message }) {
  process.stderr.write('error MIG-build-failed: the scripts do not build\n')
  // The text can quote a file.
  for (const line of lines.length === 0 ? [message] : lines)
    process.stderr.write(`  ${line.replace(/[\p{Cc}\s]+/gu, ' ')}\n`)
  process.stderr.write('help: fix the files, or restore them: git status; npx tsc --noEmit shows more\n')
  process.exitCode = 2
}
