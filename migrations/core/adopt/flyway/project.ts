import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { MigError } from '../../errors.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { ImportedHistory } from '../history.ts'
import { readInside } from '../inside.ts'
import { sqlBody } from '../sql-body.ts'

/** One script of Flyway, and how its ledger knows it. */
export interface FlywayMigration {
  readonly revision: string
  /** The file's name: `script` in the ledger, there with folders before it. */
  readonly name: string
  /** `1.2` in `V1_2__words.sql`; null for a repeatable script. */
  readonly version: string | null
}

export interface FlywayProject {
  readonly history: ImportedHistory
  readonly migrations: readonly FlywayMigration[]
}

interface Script {
  readonly file: string
  readonly kind: 'V' | 'U' | 'R'
  readonly version: string
  readonly words: string
}

/**
 * Reads Flyway's `V1_2__words.sql` by their versions, with `U1_2__words.sql` as their downgrades, and `R__words.sql`
 * after them.
 * @throws MigError `no-flyway-project`, `flyway-script` for two of one version and for placeholders, which only
 *   Flyway's settings know; `outside-folder` for a link elsewhere.
 */
export function readFlywayProject(given: string, show: (path: string) => string): FlywayProject {
  const scripts = scriptsIn(given)
  const versioned = scripts.filter(({ kind }) => kind === 'V').sort((a, b) => compare(a.version, b.version))
  const repeatable = scripts.filter(({ kind }) => kind === 'R').sort((a, b) => a.words.localeCompare(b.words))
  if (versioned.length + repeatable.length === 0) {
    throw new MigError('no-flyway-project', `${show(given)} has no V1__words.sql`, {
      help: 'give the folder that flyway.locations names: just mig-import flyway src/main/resources/db/migration',
      place: { file: given },
    })
  }
  const twice = versioned.find(
    (each, at) => at > 0 && compare(versioned[at - 1]?.version ?? '', each.version) === 0,
  )
  if (twice !== undefined)
    throw badScript(show(twice.file), `has the same version as another script, ${twice.version}`)
  const undo = new Map(scripts.flatMap((each) => (each.kind === 'U' ? [[each.version, each] as const] : [])))
  const items = [...versioned, ...repeatable].map(({ file, words, version }): ChainItem => {
    const back = undo.get(version)
    return {
      name: basename(file),
      message: words,
      createdAt: timeOfDigits(version.replaceAll('.', '').slice(0, 14)),
      source: show(file),
      upgrade: sqlBody(textOf(given, file, show)),
      ...(back === undefined ? {} : { downgrade: sqlBody(textOf(given, back.file, show)) }),
    }
  })
  const migrations = [...versioned, ...repeatable].map(({ file, kind, version }) => ({
    revision: chainId('flyway', basename(file)),
    name: basename(file),
    version: kind === 'V' ? version : null,
  }))
  return { history: { tool: 'flyway', revisions: revisionChain('flyway', items) }, migrations }
}

function scriptsIn(folder: string): readonly Script[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly Script[] => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return scriptsIn(path)
    const [, kind, version = '', words = ''] = /^([VUR])([\d._]*)__(.+)\.sql$/.exec(entry.name) ?? []
    if (kind !== 'V' && kind !== 'U' && kind !== 'R') return []
    return [{ file: path, kind, version: version.replaceAll('_', '.'), words: words.replaceAll('_', ' ') }]
  })
}

/** By the numbers between the dots. */
function compare(one: string, other: string): number {
  const [a, b] = [one.split('.').map(BigInt), other.split('.').map(BigInt)]
  for (let at = 0; at < Math.max(a.length, b.length); at += 1) {
    const [left, right] = [a[at] ?? 0n, b[at] ?? 0n]
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}

function textOf(folder: string, file: string, show: (path: string) => string): string {
  const text = readInside(folder, file)
  const placeholder = /\$\{[^}\n]+\}/.exec(text)?.[0]
  if (placeholder === undefined) return text
  throw badScript(show(file), `has the placeholder ${placeholder}, whose value only Flyway's settings know`)
}

function badScript(file: string, what: string): MigError {
  return new MigError('flyway-script', `${file} ${what}`, {
    help: 'write its value into that file, then import again',
    place: { file },
  })
}
