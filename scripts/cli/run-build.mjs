import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { Script } from 'node:vm'
import { replaceFile } from './fresh-build.mjs'

/**
 * Runs a built script and gives what it exports. What V8 made of the text is kept beside it when the process ends
 * well, which spares the next one most of its start.
 * @param {import('./fresh-build.mjs').Build} build
 * @param {string} use tells runs apart that use much and little of the script
 * @returns {Readonly<Record<string, unknown>>}
 */
export function runBuild({ file, text: inMemory }, use) {
  // The build is ASCII, which needs no decoding.
  const text = inMemory ?? readFileSync(file, 'latin1')
  const cache = `${file}.cache.${use}`
  const cachedData = inMemory === undefined ? readCache(cache) : undefined
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname, __import) {${text}\n})`,
    { filename: file, ...(cachedData === undefined ? {} : { cachedData }) },
  )
  if (inMemory === undefined && (cachedData === undefined || script.cachedDataRejected === true))
    process.once('exit', (code) => {
      if (code === 0) keepCache(cache, script)
    })
  const module = { exports: {} }
  const load = (/** @type {string} */ specifier) => import(specifier)
  script.runInThisContext()(module.exports, createRequire(file), module, file, dirname(file), load)
  return module.exports
}

/** @param {string} file @returns {Buffer | undefined} */
function readCache(file) {
  try {
    return readFileSync(file)
  } catch {
    // Not yet made, or not to be read: the script only starts more slowly.
    return undefined
  }
}

/** @param {string} file @param {Script} script */
function keepCache(file, script) {
  try {
    replaceFile(file, script.createCachedData())
  } catch {
    // A full disk or a folder that went away must not change what the command did.
  }
}
