import { adoptedIsFinal, autogenerateProject } from '../../autogenerate/index.ts'
import type { Environment } from '../../environment/index.ts'
import { openProject, type Session } from '../../runner/index.ts'
import type { AdoptedRows } from '../import/applied.ts'

/**
 * Writes what the live database has as the first revision of each line of the filter.
 * @returns what the ledger is to say of them
 * @throws MigError what `autogenerateProject` throws
 */
export async function firstRevisions(
  session: Session,
  env: Environment,
  { now, privileges }: { readonly now: Date; readonly privileges: boolean },
  write: (path: string, text: string) => void,
): Promise<readonly AdoptedRows[]> {
  const { files } = await autogenerateProject(session, openProject(env), {
    ...{ message: 'baseline', format: 'ts', now, adopt: true, fromHistory: false },
    ...{ privileges, strict: false, online: false, keep: false },
    casts: { using: {}, recreate: [] },
    renames: { given: {}, others: 'off' },
    irreversibleFirst: adoptedIsFinal,
  })
  for (const { path, text } of files) write(path, text)
  const { graph } = openProject(env)
  return env.filter.flatMap((key) => {
    const revisions = graph.heads({ lines: [key] })
    const targetSchema = env.schemas[key]
    return targetSchema === undefined || revisions.length === 0
      ? []
      : [{ line: key, targetSchema, revisions, from: 'the live database' }]
  })
}
