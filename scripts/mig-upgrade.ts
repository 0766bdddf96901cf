// just mig-upgrade [target] [schemas] [flags]
import { applyPlan, planRun } from '../migrations/core/index.ts'
import { runFlags } from './shared/arguments.ts'
import { runCommand, usingProject } from './shared/command.ts'
import { planRequest, sayNothingToDo, showPlan, showResult } from './shared/runs.ts'

const spec = {
  name: 'mig-upgrade',
  summary: 'Applies pending revisions, up to a target, to the schemas of the filter.',
  positionals: {
    target: { help: 'head, heads, +N, a revision, X+N, key@X', default: 'head' },
    schemas: { help: 'schema keys with commas between them, or all', default: 'all' },
  },
  flags: runFlags,
  examples: ['just mig-upgrade', 'just mig-upgrade head user', 'just mig-upgrade +1 user,policy --plan'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    usingProject(command, async (session, project) => {
      const request = planRequest('upgrade', command)
      const plan = await planRun(session, project, request)
      if (plan.steps.length === 0) return sayNothingToDo(command, project, plan)
      showPlan(command, plan)
      if (!command.flags.plan) showResult(command, await applyPlan(session, project, plan, request))
    }),
  )
