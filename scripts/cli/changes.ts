import type { AutogenFiles } from '../../migrations/core/autogenerate/index.ts'
import type { Unmodeled } from '../../migrations/core/difference/index.ts'
import {
  countedLosses,
  lossText,
  type MigError,
  type Project,
  type Session,
} from '../../migrations/core/index.ts'
import { schemasInUse } from '../../migrations/core/postgres/index.ts'
import { firstRevisionWarning, lossesShown } from '../../migrations/core/report/index.ts'
import type { Flag } from './arguments.ts'
import type { Command, CommandWith } from './command.ts'

type AutogenCommand = CommandWith<{ adopt: Flag; 'from-history': Flag }>

/** A warning for each kind of object that is not compared. */
export function sayUnmodeled({ output }: Command, unmodeled: readonly Unmodeled[]): void {
  const seen = new Set<string>()
  for (const { kind, names } of unmodeled) {
    const text = `not compared: ${kind} ${names.join(', ')}`
    if (seen.has(text)) continue
    seen.add(text)
    output.event({
      event: 'warning',
      code: 'not-compared',
      message: text,
      help: '--strict makes it an error',
    })
  }
}

/** Says that files were written whose proof failed, and why it did. */
export function unprovedWarning({ output }: Command, reason: MigError): void {
  output.event({
    event: 'warning',
    code: reason.code,
    message: `the files were kept although their proof failed: ${reason.message}`,
    help: 'fix them before you apply them: just mig-edit',
  })
}

/** Where a schema had objects before its first revision, which does not make them: what differs, by kind. */
export async function sayFirst(
  { output, flags }: AutogenCommand,
  { client }: Session,
  { env, graph }: Project,
  { files, changes }: AutogenFiles,
): Promise<void> {
  if (flags.adopt === true || flags['from-history'] === true) return
  const first = files.filter(({ line }) => graph.heads({ lines: [line] }).length === 0)
  const used = first.length === 0 ? [] : await schemasInUse(client, [])
  const before = first.flatMap(({ line }) => used.filter((schema) => schema === env.schemas[line]))
  if (before.length === 0) return
  output.event(firstRevisionWarning(before, changes))
}

/** What the upgrades will lose, with the rows that the database has of it where it is looked at. */
export async function sayLosses(
  { output, flags }: AutogenCommand,
  session: Session,
  { env }: Project,
  { revisions }: AutogenFiles,
): Promise<void> {
  for (const { line, upgrade } of revisions) {
    const schema = env.schemas[line]
    const isLive = schema !== undefined && flags['from-history'] !== true
    const { dataLoss } = upgrade.costs
    const losses = isLive
      ? await countedLosses(session, dataLoss)
      : dataLoss.map((loss) => ({ loss: lossText(loss) }))
    if (losses.length > 0) output.detail(...lossesShown(line, losses, output.style))
  }
}
