// just mig-sql [target] [schemas] [flags]
import {
  expectGroups,
  groupsOfRun,
  offlineScript,
  openProject,
  type Plan,
  type Project,
  rangePlans,
  reviewTarget,
  scriptPlan,
} from '../migrations/core/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'
import { writeLine } from './cli/output.ts'
import { onGroups, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-sql',
  summary:
    'Writes the SQL of an upgrade or downgrade to stdout instead of running it. A single target starts from what is applied in the database; a range a:b needs no database.',
  positionals: {
    target: {
      help: 'head, +N, a revision (upgrade); -N, base, or --downgrade (downgrade); a:b',
      default: 'head',
    },
    schemas: schemasArgument,
  },
  flags: {
    downgrade: { help: 'downgrade to the target' },
    review: { help: 'for reading: only the SQL of the revisions, without the ledger' },
    transaction: { help: 'revision: one each (default); run: one for all', value: 'revision|run' },
    'allow-missing': { help: 'continue if the ledger has revisions that no file has' },
    ...tenantFlags,
  },
  examples: [
    'just mig-sql > upgrade.sql',
    'just mig-sql base:head user > user.sql',
    'just mig-sql -1 user',
    'just mig-sql head --review',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const project = openProject(await commandEnvironment(command))
    const { target: asked } = command.positionals
    const target = command.flags.review === true ? reviewTarget(project, asked) : asked
    if (target.includes(':')) {
      const plans = await rangePlans(project, target, tenantSessions(quietly(command)))
      for (const plan of plans) await writeScript(command, project, plan)
      return
    }
    const direction =
      command.flags.downgrade === true || /^(base|-\d+)$/.test(target) ? 'downgrade' : 'upgrade'
    const request = { direction, target, allowMissing: command.flags['allow-missing'] === true } as const
    const groups = groupsOfRun(project, request)
    // On the way down the script of the tenants stands before that of the single lines.
    const tenantsGo = await expectGroups(project, groups, request, { signal: command.signal })
    const plans = await onGroups(quietly(command), project, groups, async (group) => {
      const plan = await scriptPlan(group.project, group, { ...request, tenantsGo }, group.sessions)
      return { project: group.project, plan }
    })
    // Part of a script is worse than none: the first line is written when all are planned.
    for (const script of plans) await writeScript(command, script.project, script.plan)
  })

/** Standard output is the script and nothing else. */
function quietly(command: Command<typeof spec>): Command<typeof spec> {
  return { ...command, output: { ...command.output, remark: (text) => writeLine(process.stderr, text) } }
}

async function writeScript(
  { output, flags }: Command<typeof spec>,
  project: Project,
  plan: Plan,
): Promise<void> {
  for await (const part of offlineScript({ project, plan, ledger: flags.review !== true })) {
    // The parts end with their own line breaks.
    output.result(part.replace(/\n$/, ''), { event: 'sql', sql: part })
  }
}
