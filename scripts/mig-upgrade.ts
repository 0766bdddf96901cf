// just mig-upgrade [target] [schemas] [flags]
import { applyPlan, type Project, planRun, type Session, withLossCounts } from '../migrations/core/index.ts'
import { fanOutFlags, runFlags } from './shared/arguments.ts'
import { type Command, runCommand } from './shared/command.ts'
import { planRequest, sayNothingToDo, showPlan, showResult } from './shared/runs.ts'
import { onLines, runOnTenants } from './shared/tenants.ts'

const spec = {
  name: 'mig-upgrade',
  summary: 'Applies pending revisions, up to a target, to the schemas of the filter.',
  positionals: {
    target: { help: 'head, heads, +N, a revision, X+N, key@X', default: 'head' },
    schemas: { help: 'schema keys with commas between them, or all', default: 'all' },
  },
  flags: { ...runFlags, ...fanOutFlags },
  examples: [
    'just mig-upgrade',
    'just mig-upgrade head user',
    'just mig-upgrade +1 user,policy --plan',
    'just mig-upgrade head tenant --tenants all --jobs 8',
  ],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    onLines(
      command,
      'upgrade',
      (session, project) => upgrade(command, session, project),
      (project, line) => runOnTenants(command, project, line, 'upgrade'),
    ),
  )

async function upgrade(command: Command, session: Session, project: Project): Promise<void> {
  const request = planRequest('upgrade', command)
  const plan = await planRun(session, project, request)
  if (plan.steps.length === 0) return sayNothingToDo(command, project, plan)
  showPlan(command, await withLossCounts(session, plan.steps))
  if (!command.flags.plan) showResult(command, await applyPlan(session, project, plan, request))
}
