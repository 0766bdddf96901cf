// just mig-downgrade [target] [schemas] [flags]
import { applyPlan, type Project, planRun, type Session, withLossCounts } from '../migrations/core/index.ts'
import { fanOutFlags, runFlags } from './shared/arguments.ts'
import { type Command, runCommand } from './shared/command.ts'
import { confirmLosses } from './shared/losses.ts'
import { planRequest, sayNothingToDo, showPlan, showResult } from './shared/runs.ts'
import { onLines, runOnTenants } from './shared/tenants.ts'

const spec = {
  name: 'mig-downgrade',
  summary: 'Takes revisions back, down to a target, from the schemas of the filter.',
  positionals: {
    target: { help: '-N (the N most recently applied), base, a revision, X-N, key@X', default: '-1' },
    schemas: { help: 'schema keys with commas between them, or all', default: 'all' },
  },
  flags: { ...runFlags, ...fanOutFlags, yes: { help: 'do not ask before rows are lost', short: 'y' } },
  examples: [
    'just mig-downgrade',
    'just mig-downgrade -1 user',
    'just mig-downgrade base message --plan',
    'just mig-downgrade -1 tenant --tenants tenant_7',
  ],
}

export const main = (): Promise<void> =>
  runCommand(spec, (command) =>
    onLines(
      command,
      'downgrade',
      (session, project, besideTenants) => downgrade(command, session, project, besideTenants),
      (project, line) => runOnTenants(command, project, line, 'downgrade', { asks: true }),
    ),
  )

async function downgrade(
  command: Command,
  session: Session,
  project: Project,
  besideTenants: boolean,
): Promise<void> {
  // Tenants go down before; with --plan they only would.
  const tenantsGo = besideTenants && command.flags.plan === true
  const request = { ...planRequest('downgrade', command), tenantsGo }
  const plan = await planRun(session, project, request)
  if (plan.steps.length === 0) return sayNothingToDo(command, project, plan)
  const shown = await withLossCounts(session, plan.steps)
  showPlan(command, shown)
  if (command.flags.plan) return
  await confirmLosses(command, shown)
  showResult(command, await applyPlan(session, project, plan, request))
}
