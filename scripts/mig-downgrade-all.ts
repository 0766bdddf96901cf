// just mig-downgrade-all [schemas] [flags]
import { applyPlan, type Project, planRun, type Session, withLossCounts } from '../migrations/core/index.ts'
import { countOf } from '../migrations/core/report/index.ts'
import { fanOutFlags, runFlags } from './shared/arguments.ts'
import { confirm } from './shared/ask.ts'
import { type Command, runCommand } from './shared/command.ts'
import { showPlan, showResult } from './shared/runs.ts'
import { schemasArgument } from './shared/schemas-argument.ts'
import { onLines, runOnTenants } from './shared/tenants.ts'

const spec = {
  name: 'mig-downgrade-all',
  summary: 'Takes every revision back from the schemas of the filter.',
  positionals: { schemas: schemasArgument },
  flags: { ...runFlags, ...fanOutFlags, yes: { help: 'do not ask', short: 'y' } },
  examples: ['just mig-downgrade-all --plan', 'just mig-downgrade-all message --yes'],
}

export const main = (): Promise<void> =>
  runCommand(spec, (given) => {
    const command = { ...given, positionals: { ...given.positionals, target: 'base' } }
    return onLines(
      command,
      'downgrade',
      (session, project, besideTenants) => downgradeAll(command, session, project, besideTenants),
      async (project, line) => {
        if (!command.flags.plan)
          await confirm(command, `Take every revision back from the tenants of ${line}, and their data?`)
        return runOnTenants(command, project, line, 'downgrade')
      },
    )
  })

async function downgradeAll(
  command: Command,
  session: Session,
  project: Project,
  besideTenants: boolean,
): Promise<void> {
  const { output, flags } = command
  const request = {
    direction: 'downgrade',
    target: 'base',
    allowMissing: flags['allow-missing'] === true,
    // Tenants go down before; with --plan they only would.
    tenantsGo: besideTenants && flags.plan === true,
  } as const
  const plan = await planRun(session, project, request)
  if (plan.steps.length === 0)
    return output.result('nothing to do: nothing is applied', { event: 'done', steps: 0, ms: 0 })
  showPlan(command, await withLossCounts(session, plan.steps))
  if (flags.plan) return
  await confirm(
    command,
    `Take back ${countOf(plan.steps.length, 'revision')}, and the data in what they made?`,
  )
  showResult(command, await applyPlan(session, project, plan, request))
}
