// just mig-stamp TARGET [schemas] [flags]
import { applyStamp, stampPlan } from '../migrations/core/index.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-stamp',
  summary: 'Writes a target into the ledger, as if its revisions had run. Runs nothing.',
  positionals: {
    target: { help: 'head, heads, base, a revision, key@X; several with spaces' },
    schemas: schemasArgument,
  },
  flags: {
    purge: { help: 'empty the ledger of these schemas first, unknown revisions included' },
    plan: { help: 'print what would be written and stop' },
    'lock-wait': { help: 'how long to wait for another runner (default 60s)', value: 'TIME' },
  },
  examples: ['just mig-stamp head', 'just mig-stamp 3f2a9c41b7d0 user', 'just mig-stamp --purge head user'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const { output, flags, positionals } = command
      const request = { target: positionals.target ?? '', purge: flags.purge === true }
      const { changes } = await (flags.plan ? stampPlan : applyStamp)(session, project, request)
      const text = changes.map(
        ({ targetSchema, before, after }) =>
          `${targetSchema}: ${before.join(', ') || 'base'} → ${after.join(', ') || 'base'}`,
      )
      const nothing = 'nothing to do: the ledger says that already'
      output.result(text.join('\n') || nothing, { event: 'stamp', written: flags.plan !== true, changes })
    }),
  )
