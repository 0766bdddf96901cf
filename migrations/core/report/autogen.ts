import type { Change } from '../change.ts'
import type { Environment } from '../environment/index.ts'
import type { MigEvent, StepLoss } from '../events.ts'
import { changeLines } from './check.ts'
import { byKind } from './init.ts'
import type { DifferenceLine, LossLine } from './json-look.ts'
import { lossLines } from './plan.ts'
import type { Style } from './style.ts'

/** The changes that revisions were written for. An object of a tenant line goes by its key. */
export function changesShown(
  changes: readonly Change[],
  { lines }: Pick<Environment, 'lines'>,
): { readonly text: string; readonly lines: readonly DifferenceLine[] } {
  return changeLines(
    changes,
    (name) => lines.find(({ key, schema, tenants }) => (tenants === null ? schema : key) === name)?.key,
  )
}

/** Of schemas that had objects before their first revision, which does not make them: what differs, by kind. */
export function firstRevisionWarning(schemas: readonly string[], changes: readonly Change[]): MigEvent {
  return {
    event: 'warning',
    code: 'first-revision',
    message: [
      `${schemas.join(', ')} has objects that its first revision does not create:`,
      ...byKind(changes),
    ].join('\n'),
    help: 'to put them into a revision, so that an empty database gets them too: just mig-autogen "what was there" --adopt; what only the database has is dropped, unless an SQL model declares it, or env.ts excludes it or has its kind in silentOn',
  }
}

/** What the upgrade of a line will lose. */
export function lossesShown(
  line: string,
  losses: readonly StepLoss[],
  style: Style,
): readonly [text: string, ...lines: readonly LossLine[]] {
  const text = lossLines(losses, style).map((each) => `  ${each}`)
  return [text.join('\n'), ...losses.map((loss) => ({ event: 'loss' as const, line, ...loss }))]
}
