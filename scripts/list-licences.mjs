// node scripts/list-licences.mjs: docs/licences.md, what npm installs with this package, by licence. Run it after a change
// of package-lock.json; a test compares.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * @typedef {Record<string, string>} Names
 * @typedef {{ version: string, license?: string, dependencies?: Names, optionalDependencies?: Names, peerDependencies?: Names,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }> }} Locked
 */

/**
 * The text of docs/licences.md, from package-lock.json. A program of another platform has the licence of the package
 * that it belongs to.
 * @returns {string}
 */
export function licenceList() {
  /** @type {{ packages: Record<string, Locked> }} */
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  /** @type {Map<string, Set<string>>} */
  const byLicence = new Map()
  for (const path of installed(packages)) {
    const locked = packages[path]
    if (path === '' || locked === undefined) continue
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const owner = Object.values(packages).find((each) => each.optionalDependencies?.[name] !== undefined)
    const licence = locked.license ?? owner?.license ?? 'unknown'
    byLicence.set(licence, (byLicence.get(licence) ?? new Set()).add(`${name} ${locked.version}`))
  }
  const parts = [...byLicence]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([licence, names]) => {
      const lines = [...names].sort().map((name) => `- ${name}`)
      return `## ${licence}\n\n${lines.join('\n')}\n`
    })
  const head =
    'What npm installs with just-mig, by licence; just-mig itself is under MIT. Made by `node scripts/list-licences.mjs` from package-lock.json, with the programs of all platforms.'
  return `# Licences\n\n${head}\n\n${parts.join('\n')}`
}

/**
 * Where the packages stand that a user gets. npm marks an optional peer that is here for tests (`devOptional`) as it does what
 * a user may get, so that the marks do not tell.
 * @param {Record<string, Locked>} packages
 * @returns {Set<string>}
 */
export function installed(packages) {
  const found = new Set([''])
  for (const path of found) {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } =
      packages[path] ?? {}
    const peers = Object.keys(peerDependencies ?? {}).filter(
      (name) => peerDependenciesMeta?.[name]?.optional !== true,
    )
    for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]) {
      const place = placeOf(packages, path, name)
      if (place !== undefined) found.add(place)
    }
  }
  return found
}

/**
 * Where Node finds a package from another's place.
 * @param {Record<string, Locked>} packages
 * @param {string} from
 * @param {string} name
 * @returns {string | undefined}
 */
function placeOf(packages, from, name) {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in packages) return place
  return from === ''
    ? undefined
    : placeOf(packages, from.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, ''), name)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  writeFileSync(join(root, 'docs', 'licences.md'), licenceList())
