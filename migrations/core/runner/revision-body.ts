import { readFileSync } from 'node:fs'
import { loadModule } from '../environment/index.ts'
import { exitCodes, MigError } from '../errors.ts'
import type { Operations } from '../operations/index.ts'
import { splitStatements } from '../postgres/statements.ts'
import { type RevisionFile, readSqlRevision } from '../revisions/index.ts'

/** What a revision file does, ready to run. */
export interface RevisionBody {
  readonly upgrade: (op: Operations) => Promise<void>
  readonly downgrade: (op: Operations) => Promise<void>
}

/**
 * Loads a revision's `upgrade` and `downgrade`.
 * @throws MigError `bad-module` when the file does not load, `no-upgrade` or `no-downgrade` when it lacks the function.
 */
export async function loadRevision(file: RevisionFile, cacheDir: string): Promise<RevisionBody> {
  if (file.format === 'sql') return sqlRevision(file)
  const module = await loadModule(file.path, cacheDir)
  return {
    upgrade: (op) => callExport(file, module, 'upgrade', op),
    downgrade: (op) => callExport(file, module, 'downgrade', op),
  }
}

async function callExport(
  file: RevisionFile,
  module: Readonly<Record<string, unknown>>,
  name: 'upgrade' | 'downgrade',
  op: Operations,
): Promise<void> {
  const body = module[name]
  if (typeof body !== 'function') throw missingSide(file, name)
  await body(op)
}

function sqlRevision(file: RevisionFile): RevisionBody {
  const sections = readSqlRevision(readFileSync(file.path, 'utf8'))
  const run = async (name: 'upgrade' | 'downgrade', text: string | null, op: Operations) => {
    if (text === null) throw missingSide(file, name)
    for (const statement of splitStatements(text)) await op.execute(statement.text)
  }
  return {
    upgrade: (op) => run('upgrade', sections.upgrade, op),
    downgrade: (op) => run('downgrade', sections.downgrade, op),
  }
}

function missingSide(file: RevisionFile, name: 'upgrade' | 'downgrade'): MigError {
  const what = file.format === 'sql' ? `-- ${name} section` : `exported function ${name}`
  return new MigError(`no-${name}`, `revision ${file.revision} has no ${what}`, {
    help: `add it; an empty one says that there is nothing to do: just mig-edit ${file.revision}`,
    place: { file: file.path },
    exitCode: exitCodes.stepFailed,
  })
}
