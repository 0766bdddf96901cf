import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { MigError } from '../../errors.ts'
import { type ChainItem, chainId, revisionChain, timeOfDigits } from '../chain.ts'
import type { BodyPart, ImportedHistory } from '../history.ts'
import { readInside } from '../inside.ts'
import { sqlBody } from '../sql-body.ts'

/** One migration of golang-migrate; its ledger knows the number. */
export interface NumberedMigration {
  readonly revision: string
  readonly name: string
  readonly version: bigint
}

export interface NumberedProject {
  readonly history: ImportedHistory
  readonly migrations: readonly NumberedMigration[]
}

/**
 * Reads golang-migrate's `000001_words.up.sql` and `.down.sql` by their numbers.
 * @throws MigError `no-golang-migrate-project`; `golang-migrate-file` for two of one number; `outside-folder` for a link
 *   elsewhere.
 */
export function readNumberedProject(folder: string, show: (path: string) => string): NumberedProject {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const found = names
    .flatMap((file) => {
      const [, digits, words = ''] = /^(\d+)_(.*)\.up\.sql$/.exec(file) ?? []
      return digits === undefined ? [] : [{ file, digits, words, version: BigInt(digits) }]
    })
    .sort((a, b) => (a.version < b.version ? -1 : 1))
  if (found.length === 0) {
    throw new MigError('no-golang-migrate-project', `${show(folder)} has no 000001_words.up.sql`, {
      help: 'give the folder that migrate -path names: just mig-import golang-migrate db/migrations',
      place: { file: folder },
    })
  }
  const twice = found.find(({ version }, at) => found[at - 1]?.version === version)
  if (twice !== undefined) {
    throw new MigError(
      'golang-migrate-file',
      `${show(join(folder, twice.file))} has a number that another one has`,
      {
        help: 'give one of them another number, then import again',
        place: { file: join(folder, twice.file) },
      },
    )
  }
  const read = (file: string): readonly BodyPart[] => sqlBody(readInside(folder, join(folder, file)))
  const items = found.map(({ file, digits, words }): ChainItem => {
    const back = file.replace(/\.up\.sql$/, '.down.sql')
    return {
      ...{
        name: `${digits}_${words}`,
        message: words.replaceAll('_', ' '),
        source: show(join(folder, file)),
      },
      ...{ createdAt: timeOfDigits(digits), upgrade: read(file) },
      ...(names.includes(back) ? { downgrade: read(back) } : {}),
    }
  })
  const migrations = found.map(({ digits, words, version }) => {
    const name = `${digits}_${words}`
    return { revision: chainId('golang-migrate', name), name, version }
  })
  return {
    history: { tool: 'golang-migrate', revisions: revisionChain('golang-migrate', items) },
    migrations,
  }
}
