import type { Environment } from '../../environment/index.ts'
import { importedFrom, oneLineMessage, sqlTemplate } from '../../revisions/index.ts'
import { type NewFile, newRevisionFile } from '../../runner/index.ts'
import type { BodyPart, ImportedRevision } from '../history.ts'

/** The time of a revision whose tool kept none, so that importing again gives the same name. */
const unknownTime = '1970-01-01T00:00:00Z'

/**
 * An imported revision as a file: SQL where the other tool's file was plain SQL, TypeScript otherwise. What the tool
 * cannot revert gets no downgrade, rather than an empty one that would claim there is nothing to revert.
 */
export function importedFile(imported: ImportedRevision, line: string, env: Environment): NewFile {
  const { revision, message, irreversible, upgrade, downgrade, source, notes = [] } = imported
  const isSql = [...(upgrade ?? []), ...(downgrade ?? [])].every(({ kind }) => kind === 'sql')
  const body = isSql ? sqlSection : (parts: readonly BodyPart[]) => bodyLines(parts, '  ').join('\n')
  const file = newRevisionFile(
    { env },
    {
      ...{ line, revision, message, edges: imported, format: isSql ? 'sql' : 'ts', irreversible },
      now: new Date(imported.createdAt ?? unknownTime),
      headerNotes: [`${importedFrom}${oneLineMessage(source)}.`, ...notes],
      upgradeBody: body(upgrade ?? []),
      downgradeBody: body(downgrade ?? []),
    },
  )
  const isOpen = downgrade === null && irreversible === undefined
  return isOpen ? { ...file, text: withoutDowngrade(file.text) } : file
}

function withoutDowngrade(text: string): string {
  return text
    .replace(/\n-- downgrade\n$/, '')
    .replace(/\nexport async function downgrade\(\): Promise<void> \{\}\n$/, '')
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
