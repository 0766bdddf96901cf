import { MigError } from '../../errors.ts'
import { type GrantedObjects, keepGrantsSql, restoreGrantsSql } from '../../operations/index.ts'
import { sqlTemplate } from '../../revisions/index.ts'
import { objectNames } from '../search/recreated.ts'
import { commitsApart, type Side } from './revision.ts'

/** The body of `upgrade` or `downgrade`, for a TypeScript or an SQL revision. */
export function sideBody(side: Side, format: 'ts' | 'sql'): string {
  return format === 'sql' ? sqlBody(side) : typeScriptBody(side)
}

function typeScriptBody({ sections, kept }: Side): string {
  const keeps = keepsGrants(kept)
  const calls = statementCalls(sections, keeps ? '    ' : '  ')
  return keeps ? `  await op.keepGrants(${keptObjects(kept)}, async () => {\n${calls}\n  })` : calls
}

function statementCalls(sections: Side['sections'], indent: string): string {
  return sections
    .flatMap(({ autocommit, statements }) => {
      const calls = statements.map((sql) => `await op.execute(${sqlTemplate(sql)})`)
      if (!autocommit) return calls.map((call) => `${indent}${call}`)
      const inner = calls.map((call) => `${indent}  ${call}`).join('\n')
      return [`${indent}await op.autocommit(async () => {\n${inner}\n${indent}})`]
    })
    .join('\n')
}

function keptObjects({ renamed, ...kept }: Side['kept']): string {
  const families = Object.entries(kept).map(
    ([family, names]) => `${family}: [${names.map((name: string) => sqlTemplate(name)).join(', ')}]`,
  )
  const names = Object.entries(renamed ?? {}).map(
    ([now, old]) => `${JSON.stringify(now)}: ${sqlTemplate(old)}`,
  )
  return `{ ${[...families, ...(names.length === 0 ? [] : [`renamed: { ${names.join(', ')} }`])].join(', ')} }`
}

function sqlBody(side: Side): string {
  const sections = withKeptGrants(side)
  const apart = sections.find(commitsApart)
  if (apart !== undefined) {
    throw new MigError(
      'needs-typescript',
      `this change has a statement that must be committed before the next, and an .sql revision cannot do that: ${apart.statements[0] ?? ''}`,
      { help: 'leave --sql-file out' },
    )
  }
  return sections.flatMap(({ statements }) => statements.map((sql) => `${sql};`)).join('\n\n')
}

/** A side's sections as plain SQL runs them: around them, what keeps the grants of objects that are recreated. */
function withKeptGrants({ sections, kept }: Pick<Side, 'sections' | 'kept'>): Side['sections'] {
  if (!keepsGrants(kept)) return sections
  const plain = (sql: string) => ({ autocommit: false, statements: [sql] })
  return joined([plain(keepGrantsSql(kept)), ...sections, plain(restoreGrantsSql(kept))])
}

function keepsGrants(kept: GrantedObjects): boolean {
  return objectNames(kept).length > 0
}

/** Sections that run alike and stand together are one. */
function joined(sections: Side['sections']): Side['sections'] {
  const out: { autocommit: boolean; statements: readonly string[] }[] = []
  for (const { autocommit, statements } of sections) {
    const last = out.at(-1)
    if (last?.autocommit === autocommit) last.statements = [...last.statements, ...statements]
    else out.push({ autocommit, statements })
  }
  return out
}
