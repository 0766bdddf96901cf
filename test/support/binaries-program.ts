// Prints the path and the version of the postgres program that a package folder gives.
// Arguments: the package's folder, a folder for copies.
import { execFileSync } from 'node:child_process'
import { usableBinaries } from '../../migrations/core/postgres/embedded/binaries.ts'

const [packageFolder = '', copies = ''] = process.argv.slice(2)
const { postgres } = await usableBinaries(packageFolder, undefined, () => copies)
console.log(
  JSON.stringify({ postgres, version: execFileSync(postgres, ['--version'], { encoding: 'utf8' }).trim() }),
)
