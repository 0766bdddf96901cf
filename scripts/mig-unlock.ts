// just mig-unlock [schemas] [flags]
import { type EndedHolder, MigError, unlockTargets } from '../migrations/core/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, runCommand } from './cli/command.ts'
import { onTargets } from './cli/targets.ts'

export const spec = {
  name: 'mig-unlock',
  summary: 'Ends the session that holds a lock, when its runner is dead.',
  positionals: { schemas: schemasArgument },
  flags: { force: { help: 'end this session, even if its runner is alive', value: 'PID' }, ...tenantFlags },
  examples: ['just mig-unlock', 'just mig-unlock user --force 4711'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const request = forced(command.flags.force)
    const counts = await onTargets(command, async ({ project, sessions }, targets) =>
      show(command, await unlockTargets(project, targets, request, sessions)),
    )
    if (counts.every((count) => count === 0)) command.output.remark('no lock is held')
  })

function show({ output }: Command, ended: readonly EndedHolder[]): number {
  for (const { holder, targetSchemas } of ended) {
    const who = `pid ${holder.pid} (${holder.application})`
    output.result(`unlocked ${targetSchemas.join(', ')}: ended ${who}`, {
      event: 'unlocked',
      targetSchemas,
      holder,
    })
  }
  return ended.length
}

function forced(value: unknown): { readonly force?: number } {
  if (value === undefined) return {}
  const pid = Number(value)
  if (Number.isInteger(pid) && pid > 0) return { force: pid }
  throw new MigError('bad-flag', `--force takes the pid of the holder, not ${JSON.stringify(value)}`, {
    help: 'just mig-status shows the pid',
  })
}
