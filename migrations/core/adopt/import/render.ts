import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Environment } from '../../environment/index.ts'
import { revisionFileName } from '../../revisions/files/file-name.ts'
import { oneLineMessage } from '../../revisions/files/header-comment.ts'
import { renderRevisionFile, sqlTemplate } from '../../revisions/files/render.ts'
import type { BodyPart, ImportedRevision } from '../history.ts'

export interface RevisionText {
  readonly name: string
  readonly text: string
}

/** The time of a revision whose tool kept none, so that importing again gives the same name. */
const unknownTime = '1970-01-01T00:00:00Z'

/**
 * An imported revision as a file: SQL where the other tool's file was plain SQL, TypeScript otherwise. What the tool
 * cannot revert gets no downgrade, rather than an empty one that would claim there is nothing to revert.
 */
export function revisionText(revision: ImportedRevision, env: Environment, folder: string): RevisionText {
  const { downgrade } = revision
  const upgrade = revision.upgrade ?? []
  const isSql = [...upgrade, ...(downgrade ?? [])].every((part) => part.kind === 'sql')
  const format = isSql ? 'sql' : 'ts'
  const date = new Date(revision.createdAt ?? unknownTime)
  const { fileTemplate, timeZone, slugLength } = env.options
  const name = revisionFileName({
    template: fileTemplate,
    timeZone,
    slugLength,
    date,
    revision: revision.revision,
    message: revision.message,
    format,
  })
  const text = renderRevisionFile({
    format,
    revision: revision.revision,
    downRevision: revision.downRevision,
    dependsOn: revision.dependsOn,
    branchLabels: revision.branchLabels,
    message: revision.message,
    createdAt: date,
    irreversible: revision.irreversible,
    headerNotes: [`Imported from ${oneLineMessage(revision.source)}.`, ...(revision.notes ?? [])],
    typesImport: typesFrom(env, folder),
    upgradeBody: isSql ? sqlSection(upgrade) : bodyLines(upgrade, '  ').join('\n'),
    downgradeBody: isSql ? sqlSection(downgrade ?? []) : bodyLines(downgrade ?? [], '  ').join('\n'),
  })
  return {
    name,
    text: downgrade === null && revision.irreversible === undefined ? withoutDowngrade(text) : text,
  }
}

function withoutDowngrade(text: string): string {
  return text
    .replace(/\n-- downgrade\n$/, '')
    .replace(/\nexport async function downgrade\(\): Promise<void> \{\}\n$/, '')
}

/** Where a revision file has the type of `op` from. */
function typesFrom(env: Environment, folder: string): string {
  const core = join(env.dir, 'core', 'index.ts')
  if (!existsSync(core)) return 'just-mig'
  const path = relative(folder, core).replaceAll('\\', '/')
  return path.startsWith('.') ? path : `./${path}`
}

function sqlSection(parts: readonly BodyPart[]): string {
  return parts.map((part) => (part.kind === 'sql' ? terminated(part.sql) : '')).join('\n\n')
}

function terminated(sql: string): string {
  if (sql.trimEnd().endsWith(';')) return sql
  return sql.slice(sql.lastIndexOf('\n') + 1).includes('--') ? `${sql}\n;` : `${sql};`
}

function bodyLines(parts: readonly BodyPart[], indent: string): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'sql') return [`${indent}await op.execute(${sqlTemplate(part.sql)})`]
    return [
      `${indent}await op.autocommit(async () => {`,
      ...bodyLines(part.parts, `${indent}  `),
      `${indent}})`,
    ]
  })
}
