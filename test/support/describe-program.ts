// Loads modules as models are loaded, and prints what they export as JSON. Arguments: the cache folder, the files.

import { loadDescriptions } from '../../migrations/core/environment/index.ts'
import { MigError } from '../../migrations/core/errors.ts'

const [cacheDir = '', ...files] = process.argv.slice(2)
try {
  const { exports, inputs, stopped } = await loadDescriptions(files, cacheDir)
  const shown = [...exports].map(([file, values]) => [file, values])
  console.log(JSON.stringify({ shown, kept: inputs !== undefined, stopped: stopped.map(({ what }) => what) }))
} catch (error) {
  if (!(error instanceof MigError)) throw error
  const { code, message, place } = error
  console.log(JSON.stringify({ code, message, place }))
}
