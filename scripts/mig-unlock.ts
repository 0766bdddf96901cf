// just mig-unlock [schemas] [flags]
import { MigError, unlock } from '../migrations/core/index.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-unlock',
  summary: 'Ends the session that holds a lock, when its runner is dead.',
  positionals: { schemas: schemasArgument },
  flags: { force: { help: 'end this holder, dead or alive', value: 'PID' } },
  examples: ['just mig-unlock', 'just mig-unlock user --force 4711'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const { output, flags } = command
      const ended = await unlock(session, project, forced(flags.force))
      for (const { holder, targetSchemas } of ended) {
        const who = `pid ${holder.pid} (${holder.application})`
        output.result(`unlocked ${targetSchemas.join(', ')}: ended ${who}`, {
          event: 'unlocked',
          targetSchemas,
          holder,
        })
      }
      if (ended.length === 0) output.remark('no lock is held')
    }),
  )

function forced(value: unknown): { readonly force?: number } {
  if (value === undefined) return {}
  const pid = Number(value)
  if (Number.isInteger(pid) && pid > 0) return { force: pid }
  throw new MigError('bad-flag', `--force takes the pid of the holder, not ${JSON.stringify(value)}`, {
    help: 'just mig-status shows it',
  })
}
