import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { run } from './programs.mjs'

const repository = resolve(import.meta.dirname, '..', '..')

/**
 * @typedef {object} BenchProject a checkout of the tool, of its own
 * @property {string} root
 * @property {string} kept the folder with what commands keep
 * @property {() => Promise<void>} forget leaves of it what a fresh clone has after `npm ci`
 * @property {(path: string, text: string) => string} write writes a file, and returns where it is
 * @property {(command: string, args?: readonly string[], call?: Call) => Promise<string>} mig runs a recipe's script to its end
 */

/**
 * @typedef {object} Call
 * @property {string} [url] of the database
 * @property {string} [dir] the environment's folder
 * @property {boolean} [evenInterrupted]
 */

/** @param {string} root @returns {BenchProject} */
export function makeProject(root) {
  for (const name of ['justfile', 'package.json', 'scripts', 'migrations'])
    cpSync(join(repository, name), join(root, name), { recursive: true })
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  const kept = join(root, '.mig')
  const installed = join(root, '.mig.installed')
  return {
    root,
    kept,
    async forget() {
      rmSync(kept, { recursive: true, force: true })
      if (existsSync(installed)) return cpSync(installed, kept, { recursive: true })
      await run(process.execPath, [join(root, 'scripts', 'build-commands.mjs')], { cwd: root })
      cpSync(kept, installed, { recursive: true })
    },
    write(path, text) {
      const file = join(root, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
      return file
    },
    mig(command, args = [], { url, dir, ...options } = {}) {
      return run(process.execPath, [join(root, 'scripts', 'launch.mjs'), command, ...args], {
        cwd: root,
        variables: {
          ...(url === undefined ? {} : { MIG_DATABASE_URL: url }),
          ...(dir === undefined ? {} : { MIG_DIR: dir }),
          XDG_CACHE_HOME: join(root, '.cache'),
        },
        ...options,
      })
    },
  }
}
