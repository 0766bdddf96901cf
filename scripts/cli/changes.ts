import type { Unmodeled } from '../../migrations/core/difference/index.ts'
import type { MigError } from '../../migrations/core/index.ts'
import type { Command } from './command.ts'

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
