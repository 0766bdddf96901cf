import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { repository, temporaryFolder } from '../../support/recipes.ts'

/** A revision file to write. */
export interface RevisionText {
  readonly id: string
  /** As it stands in the file: `null` for a base. */
  readonly down?: string | readonly string[] | null
  readonly dependsOn?: readonly string[]
  readonly labels?: readonly string[]
  readonly message?: string
  /** Why nothing reverts it. */
  readonly irreversible?: string
  /** Lines of its header: `Upgrade loses: table app_one.t`. */
  readonly losses?: readonly string[]
  /** The bodies of the functions; `op` is in reach. */
  readonly upgrade?: string
  readonly downgrade?: string
}

/** A revision file's text, as the tool itself writes it. */
export function revisionText({ id, down = null, ...rest }: RevisionText): string {
  const parents = down === null ? '' : [down].flat().join(', ')
  return `/**
 * ${rest.message ?? `revision ${id}`}
 *
 * Revision: ${id}
 * Revises: ${parents}
 * Created: 2026-01-05T08:00:00Z
${(rest.losses ?? []).map((line) => ` * ${line}\n`).join('')} */
export const revision = '${id}'
export const downRevision = ${down === null ? 'null' : JSON.stringify(down)}
export const dependsOn = ${JSON.stringify(rest.dependsOn ?? [])}
export const branchLabels = ${JSON.stringify(rest.labels ?? [])}
${rest.irreversible === undefined ? '' : `export const irreversible = ${JSON.stringify(rest.irreversible)}\n`}
export async function upgrade(op) {
  ${rest.upgrade ?? ''}
}

export async function downgrade(op) {
  ${rest.downgrade ?? ''}
}
`
}

/** `versions/<line>/….ts` → text for several revisions of a line, in the order given. */
export function revisionFiles(
  line: string,
  revisions: readonly RevisionText[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    revisions.map((revision, at) => [
      `migrations/versions/${line}/2026010${at + 1}_080000_${revision.id}_x.ts`,
      revisionText(revision),
    ]),
  )
}

/** A project folder of a test's own, which uses the repository's justfile, scripts and packages. */
export async function temporaryProject(
  files: Readonly<Record<string, string>> = {},
): Promise<Awaited<ReturnType<typeof temporaryFolder>>> {
  const project = await temporaryFolder(files)
  for (const name of ['justfile', 'scripts', 'node_modules']) {
    await symlink(join(repository, name), join(project.path, name))
  }
  return project
}

/** `env.ts` of a project with these schemas, and more settings as text. */
export function environmentText(schemas: Readonly<Record<string, string>>, more = ''): string {
  return `export default { schemas: ${JSON.stringify(schemas)}, ${more} }\n`
}
