import { MigError } from '../../errors.ts'
import { sqlTemplate } from '../../revisions/index.ts'
import type { Side } from '../generate.ts'

/** The body of `upgrade` or `downgrade`, for a TypeScript or an SQL revision. */
export function sideBody(side: Side, format: 'ts' | 'sql'): string {
  return format === 'sql' ? sqlBody(side) : typeScriptBody(side)
}

function typeScriptBody({ sections }: Side): string {
  return sections
    .flatMap(({ autocommit, statements }) => {
      const calls = statements.map((sql) => `await op.execute(${sqlTemplate(sql)})`)
      if (!autocommit) return calls.map((call) => `  ${call}`)
      const inner = calls.map((call) => `    ${call}`).join('\n')
      return [`  await op.autocommit(async () => {\n${inner}\n  })`]
    })
    .join('\n')
}

function sqlBody({ sections }: Side): string {
  const apart = sections.find(
    ({ autocommit, statements }) => autocommit && statements.some((sql) => !/\bCONCURRENTLY\b/.test(sql)),
  )
  if (apart !== undefined) {
    throw new MigError(
      'needs-typescript',
      `this change has a statement that must be committed before the next, which an .sql revision cannot say: ${apart.statements[0] ?? ''}`,
      { help: 'leave --sql-file out' },
    )
  }
  return sections.flatMap(({ statements }) => statements.map((sql) => `${sql};`)).join('\n\n')
}

/** The lines of a file's head that say what the revision does to a live system. */
export function costNotes(upgrade: Side, downgrade: Side): readonly string[] {
  return [
    ...upgrade.costs.locks.map(({ relation, lock }) => `Locks ${relation}: ${lock}`),
    ...upgrade.costs.rewrites.map((relation) => `May rewrite ${relation}`),
    ...upgrade.costs.dataLoss.map((name) => `Loses the data of ${name}`),
    ...upgrade.costs.dataLoss.map((name) => `Lossy downgrade: the data of ${name} do not come back`),
    ...downgrade.costs.dataLoss.map((name) => `Downgrade loses the data of ${name}`),
  ]
}
