import type { TargetSchema } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { allTenants, filteredLines, lineStatuses, type Project, tenantEdits } from '../runner/index.ts'
import { counted, type Found, failure } from './result.ts'

/** So many tenants are named. */
const namesShown = 10

/**
 * Compares the files of tenant lines with what was applied to the tenants, by their logs. Tenants that cannot be
 * asked, as those of a shard that a pipeline does not reach, are left out.
 */
export async function checkTenantChecksums(project: Project): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const line of filteredLines(project.env).tenant) found.push(...(await checkLine(project, line)))
  return found
}

async function checkLine(project: Project, line: string): Promise<readonly Found[]> {
  if (project.env.databaseUrl === null)
    return [{ status: 'skipped', line, message: 'no database is configured' }]
  try {
    const tenants = await allTenants(project.env, line, {})
    const statuses = await lineStatuses(project, tenants, {})
    const answered = statuses.filter(({ state }) => state !== 'unreachable')
    const edits = await tenantEdits(project, line, answered, {})
    if (edits.length === 0) return [{ status: 'ok', line, message: asked(answered.length, tenants.length) }]
    return edits.map((edit) => ({
      status: 'failed',
      line,
      revision: edit.revision,
      message: `the file was edited after it was applied to ${counted(edit.tenants.length, 'tenant')}: ${names(edit.tenants)}`,
      help: 'revert the edit and write a new revision for it: just mig-revision "…"',
      place: { file: edit.path },
    }))
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    // What a pipeline may not read it cannot compare with; the other checks need nothing of it.
    return [{ ...failure(error), status: 'skipped', line }]
  }
}

function asked(answered: number, all: number): string {
  const rest = all - answered
  return `${counted(answered, 'tenant')} compared${rest === 0 ? '' : `, ${rest} cannot be asked`}`
}

function names(tenants: readonly TargetSchema[]): string {
  const more = tenants.length - namesShown
  const shown = tenants.slice(0, namesShown).map(({ schema }) => schema)
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
