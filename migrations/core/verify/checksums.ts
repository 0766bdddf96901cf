import { MigError } from '../errors.ts'
import { readLastEntries } from '../ledger/index.ts'
import { connect, maskUrl } from '../postgres/index.ts'
import { fileChecksum, type Project } from '../runner/index.ts'
import { type Found, failure } from './result.ts'

/**
 * Compares the files with what was applied to the configured database, by its log. Without a database of the
 * user's own there is nothing to compare with.
 */
export async function checkChecksums({ env, files }: Project): Promise<readonly Found[]> {
  if (env.databaseUrl === null) return [{ status: 'skipped', message: 'no database is configured' }]
  const client = await connect({ url: env.databaseUrl, applicationName: 'just-mig' })
  try {
    const schemas = env.filter.flatMap((line) => env.schemas[line] ?? [])
    const entries = await readLastEntries(client, env.ledgerSchema, schemas)
    const applied = entries.filter(({ direction, checksum }) => direction === 'upgrade' && checksum !== null)
    const edited = applied.flatMap(({ revision, line, checksum }): readonly Found[] => {
      const file = files.get(revision)
      if (file === undefined || fileChecksum(file.path) === checksum) return []
      return [
        {
          status: 'failed',
          line,
          revision,
          message: 'the file was edited after it was applied',
          help: 'revert the edit and write a new revision for it: just mig-revision "…"',
          place: { file: file.path },
        },
      ]
    })
    if (edited.length > 0) return edited
    return [{ status: 'ok', message: `${applied.length} applied in ${maskUrl(env.databaseUrl)}` }]
  } catch (error) {
    if (!(error instanceof MigError) || error.code !== 'no-permission') throw error
    // What a pipeline may not read it cannot compare with; the other checks need nothing of that database.
    return [{ ...failure(error), status: 'skipped' }]
  } finally {
    await client.end()
  }
}
