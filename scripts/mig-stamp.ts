// just mig-stamp TARGET [schemas] [flags]
import {
  expectStamps,
  lineGroups,
  openProject,
  type StampPlan,
  stampTargets,
  targetSchemas,
  targetStampPlan,
  tenantRunError,
} from '../migrations/core/index.ts'
import { stampText } from '../migrations/core/report/index.ts'
import { fanOutFlags, schemasArgument } from './cli/arguments.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'
import { onGroups, poolOptions } from './cli/targets.ts'

// Tenants are stamped many at a time on one connection: more of them, or other machines, would save nothing.
const { share: _share, jobs: _jobs, ...stampFlags } = fanOutFlags

export const spec = {
  name: 'mig-stamp',
  summary: 'Writes a target into the ledger, as if its revisions had run, without running them.',
  positionals: {
    target: { help: 'head, heads, base, a revision, key@X; several with spaces' },
    schemas: schemasArgument,
  },
  flags: {
    'from-log': { help: 'write what the log says is applied, instead of a target' },
    purge: { help: 'first delete the ledger rows of these schemas, unknown revisions included' },
    plan: { help: 'print what would be written, and stop' },
    ...stampFlags,
    'lock-wait': { help: 'how long to wait for another runner (default 60s)', value: 'TIME' },
  },
  examples: [
    'just mig-stamp head',
    'just mig-stamp 3f2a9c41b7d0 user',
    'just mig-stamp --purge head user',
    'just mig-stamp --from-log user',
  ],
} as const

/** Without a target the first argument is the schemas. */
const fromLogSpec = { ...spec, positionals: { schemas: schemasArgument } }

export const main = (argv: readonly string[]): Promise<void> =>
  argv.includes('--from-log')
    ? runCommand(fromLogSpec, argv, (command) => stamp(command, ''))
    : runCommand(spec, argv, (command) => stamp(command, command.positionals.target))

async function stamp(command: Command<typeof fromLogSpec>, target: string): Promise<void> {
  const project = openProject(await commandEnvironment(command))
  const options = poolOptions(command, project.env)
  const { flags } = command
  const request = { target, purge: flags.purge === true, fromLog: flags['from-log'] === true }
  const groups = lineGroups(project.env)
  await expectStamps(project, groups, request, { signal: command.signal })
  await onGroups(command, project, groups, async (group) => {
    const { sessions } = group
    const targets = await targetSchemas(project.env, group, sessions)
    if (command.flags.plan)
      return show(command, (await targetStampPlan(project, group, targets, request, sessions)).changes)
    const result = await stampTargets(project, group, targets, request, options, sessions)
    show(command, result.changes)
    const error = tenantRunError(result, options)
    if (error !== undefined) throw error
  })
}

function show({ output, flags }: Command<typeof fromLogSpec>, changes: StampPlan['changes']): void {
  const shown = changes.map(({ covered: _covered, ...change }) => change)
  output.result(stampText(changes), { event: 'stamp', written: flags.plan !== true, changes: shown })
}
