// just mig-downgrade [target] [schemas] [flags]
import { applyPlan, planRun } from '../migrations/core/index.ts'
import { runFlags } from './shared/arguments.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { planRequest, showPlan, showResult } from './shared/runs.ts'

const spec = {
  name: 'mig-downgrade',
  summary: 'Takes revisions back, down to a target, from the schemas of the filter.',
  positionals: {
    target: { help: '-N (the N most recently applied), base, a revision, X-N, key@X', default: '-1' },
    schemas: { help: 'schema keys with commas between them, or all', default: 'all' },
  },
  flags: runFlags,
  examples: ['just mig-downgrade', 'just mig-downgrade -1 user', 'just mig-downgrade base message --plan'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const request = planRequest('downgrade', command)
      const plan = await planRun(session, project, request)
      showPlan(command, plan)
      if (!command.flags.plan) showResult(command, await applyPlan(session, project, plan, request))
    }),
  )
