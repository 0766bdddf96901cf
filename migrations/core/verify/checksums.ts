import type { TargetSchema } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import { maskUrl } from '../postgres/index.ts'
import {
  type EditedFile,
  editedFiles,
  type LineGroup,
  type LineStatus,
  lineGroups,
  lineStatuses,
  type Project,
  targetSchemas,
  withoutChecksum,
} from '../runner/index.ts'
import { counted, type Found, failure } from './result.ts'

/** So many tenants are named. */
const namesShown = 10

/**
 * Compares the files with what was applied to the configured database, by its log. Without a database of the user's own
 * there is nothing to compare with. Tenants that cannot be asked, as those of a shard that a pipeline does not reach,
 * are left out.
 */
export async function checkChecksums(project: Project): Promise<readonly Found[]> {
  const env = { ...project.env, targets: { ...project.env.targets, selection: null, shards: null } }
  const found: Found[] = []
  for (const group of lineGroups(env)) found.push(...(await checkGroup({ ...project, env }, group)))
  return found
}

async function checkGroup(project: Project, group: LineGroup): Promise<readonly Found[]> {
  const { env } = project
  const { tenantLine } = group
  const ofLine = tenantLine === null ? {} : { line: tenantLine }
  if (env.databaseUrl === null)
    return [{ status: 'skipped', ...ofLine, message: 'no database is configured' }]
  try {
    const targets = await targetSchemas(env, group, {}, 'all')
    const statuses = await lineStatuses(project, targets, {})
    const answered = statuses.filter(({ state }) => state !== 'unreachable')
    const edited = await editedFiles(project, answered, {})
    if (edited.length > 0) return edited.map((file) => editedFile(file, tenantLine))
    const rest = await withoutChecksum(project, answered, {})
    const unknown = rest === 0 ? '' : `, ${rest} of them without a checksum`
    const message =
      tenantLine === null
        ? `${countApplied(project, group, answered)} applied in ${maskUrl(env.databaseUrl)}${unknown}`
        : asked(answered.length, targets.length) + unknown.replace('of them', 'revisions')
    return [{ status: 'ok', ...ofLine, message }]
  } catch (error) {
    if (!(error instanceof MigError)) throw error
    if (tenantLine === null && error.code !== 'no-permission') throw error
    // What a pipeline may not read it cannot compare with; the other checks need nothing of it.
    return [{ ...failure(error), status: 'skipped', ...ofLine }]
  }
}

function editedFile({ line, revision, path, targets }: EditedFile, tenantLine: string | null): Found {
  const where = tenantLine === null ? '' : ` to ${counted(targets.length, 'tenant')}: ${names(targets)}`
  return {
    ...{ status: 'failed', line, revision },
    message: `the file was edited after it was applied${where}`,
    help: 'revert the edit and write a new revision for it: just mig-revision "…"',
    place: { file: path },
  }
}

function countApplied(
  { graph, files }: Project,
  { lines }: LineGroup,
  statuses: readonly Pick<LineStatus, 'revisions'>[],
): number {
  const heads = statuses.flatMap(({ revisions }) => revisions.filter((id) => files.has(id)))
  return [...graph.applied(heads)].filter((id) => lines.includes(files.get(id)?.line ?? '')).length
}

function asked(answered: number, all: number): string {
  const rest = all - answered
  return `${counted(answered, 'tenant')} compared${rest === 0 ? '' : `, ${rest} cannot be asked`}`
}

function names(targets: readonly TargetSchema[]): string {
  const more = targets.length - namesShown
  const shown = targets.slice(0, namesShown).map(({ schema }) => schema)
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
