import type { Change } from '../../difference/index.ts'
import type { EnvironmentOptions, RewriteInput, StatementSection } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { GeneratedRevision, Side } from './revision.ts'

/**
 * Lets the environment's hook rewrite the statements of each revision, one direction at a time.
 * @throws MigError `bad-rewrite` for what is not a list of sections, and what the hook throws
 */
export async function rewritten(
  revisions: readonly GeneratedRevision[],
  changes: readonly Change[],
  rewrite: EnvironmentOptions['rewriteStatements'],
): Promise<readonly GeneratedRevision[]> {
  if (rewrite === undefined) return revisions
  const side = async (given: Side, line: string, direction: RewriteInput['direction']): Promise<Side> => {
    const sections: unknown = await rewrite({ line, direction, sections: given.sections, changes })
    return { ...given, sections: checkedSections(sections, `${direction} of ${line}`) }
  }
  const out: GeneratedRevision[] = []
  for (const revision of revisions) {
    const upgrade = await side(revision.upgrade, revision.line, 'upgrade')
    const downgrade = await side(revision.downgrade, revision.line, 'downgrade')
    out.push({ ...revision, upgrade, downgrade })
  }
  return out
}

function checkedSections(value: unknown, side: string): readonly StatementSection[] {
  if (Array.isArray(value) && value.every(isSection)) return value
  throw new MigError(
    'bad-rewrite',
    `rewriteStatements in env.ts returned no list of sections for the ${side}`,
    {
      help: "return input.sections, or [{ autocommit: false, statements: ['ALTER TABLE …'] }]",
    },
  )
}

function isSection(value: unknown): value is StatementSection {
  if (typeof value !== 'object' || value === null) return false
  const { autocommit, statements } = value as Partial<Record<keyof StatementSection, unknown>>
  return (
    typeof autocommit === 'boolean' &&
    Array.isArray(statements) &&
    statements.every((statement) => typeof statement === 'string')
  )
}
