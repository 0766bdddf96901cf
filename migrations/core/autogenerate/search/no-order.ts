import { type Catalog, type Change, changeText } from '../../difference/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { endlessCalls } from '../../postgres/index.ts'
import type { Refusal } from './trial.ts'

/** The error of a search that has found no order. */
export function noStatementOrder(
  why: string,
  left: readonly Change[],
  refused: readonly Refusal[],
): MigError {
  const [endless] = refused.flatMap(({ error }) => endlessCalls(error) ?? [])
  const lines = [
    ...(endless === undefined ? [] : [endless.message]),
    ...(why === '' ? [] : [why]),
    ...refused.map(({ action, error }) => `${error.message}: ${action.sql}`),
    ...left.map((change) => `left: ${changeText(change)}`),
  ]
  return new MigError(
    'no-statement-order',
    `found no order of statements for this change:\n  ${lines.join('\n  ')}`,
    {
      exitCode: exitCodes.proofFailed,
      help:
        endless?.help ??
        'make the change in two steps (for example add the new object, move the data, drop the old one), or write this part by hand: just mig-revision "…"',
      facts: {
        refused: refused.map(({ action, error }) => ({ sql: action.sql, error: error.message })),
        left,
      },
    },
  )
}

/** The error with what one side alone has and nobody generates: what is built on it has no order then. */
export function namingUnmodeled(
  error: MigError,
  { from, to }: { readonly from: Catalog; readonly to: Catalog },
): MigError {
  const named = ({ unmodeled }: Catalog) =>
    unmodeled.flatMap(({ kind, names }) => names.map((name) => `${kind} ${name}`))
  const [before, after] = [named(from), named(to)]
  const alone = [
    ...before.filter((name) => !after.includes(name)),
    ...after.filter((name) => !before.includes(name)),
  ]
  if (alone.length === 0) return error
  return error.with({
    message: `not generated, which may be the cause: ${alone.join(', ')}\n${error.message}`,
    help: 'write the first one by hand: just mig-revision "…"; then generate the rest',
    facts: { ...error.facts, unmodeled: alone },
  })
}
