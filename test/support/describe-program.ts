// Loads modules as models are loaded, and prints what they export as JSON. Arguments: the cache folder, the files.
import { loadDescriptions } from '../../migrations/core/environment/index.ts'
import { MigError } from '../../migrations/core/errors.ts'

const [cacheDir = '', ...files] = process.argv.slice(2)
try {
  const { exports } = await loadDescriptions(files, cacheDir)
  console.log(JSON.stringify([...exports]))
} catch (error) {
  if (!(error instanceof MigError)) throw error
  console.log(JSON.stringify({ code: error.code, message: error.message }))
  process.exitCode = 1
}
