import { losesRows, type StepLoss } from '../../migrations/core/index.ts'
import { lossLines, plainStyle } from '../../migrations/core/report/index.ts'
import type { Flag } from './arguments.ts'
import { confirm } from './ask.ts'
import type { CommandWith } from './command.ts'

/**
 * Asks before a downgrade that loses rows. `--yes` answers; where nobody is there to be asked, it says what goes, and
 * the run goes on.
 * @throws MigError `not-confirmed`
 */
export async function confirmLosses(
  command: CommandWith<{ yes: Flag }>,
  parts: readonly { readonly losses?: readonly StepLoss[] }[],
): Promise<void> {
  const losses = parts.flatMap(({ losses = [] }) => losses.filter(losesRows))
  if (losses.length === 0 || command.flags.yes === true) return
  if (process.stdin.isTTY) return confirm(command, 'This downgrade loses data. Go on?')
  command.output.event({
    event: 'warning',
    code: 'loses-data',
    message: `this downgrade loses data:\n${lossLines(losses, plainStyle)
      .map((line) => `  ${line.replace('loses data: ', '')}`)
      .join('\n')}`,
    help: 'it goes on, as there is no terminal to ask on; --plan shows the loss and stops, --yes says that it is meant',
  })
}
