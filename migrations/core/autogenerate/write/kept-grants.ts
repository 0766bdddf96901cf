import { type GrantedObjects, keepGrantsSql, restoreGrantsSql } from '../../operations/index.ts'
import { objectNames } from '../search/recreated.ts'
import type { Side } from './revision.ts'

/** A side's sections as plain SQL runs them: around them, what keeps the grants of objects that are recreated. */
export function withKeptGrants({ sections, kept }: Pick<Side, 'sections' | 'kept'>): Side['sections'] {
  if (!keepsGrants(kept)) return sections
  const plain = (sql: string) => ({ autocommit: false, statements: [sql] })
  return joined([plain(keepGrantsSql(kept)), ...sections, plain(restoreGrantsSql(kept))])
}

export function keepsGrants(kept: GrantedObjects): boolean {
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
