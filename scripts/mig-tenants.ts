// just mig-tenants [schemas] [flags]
import {
  type LineStatus,
  lineStatuses,
  oneTenantLine,
  openProject,
  targetTenants,
} from '../migrations/core/index.ts'
import {
  type Column,
  countOf,
  relativeTime,
  stateText,
  statusBars,
  table,
  troubleTexts,
} from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { type Command, commandEnvironment, runCommand } from './cli/command.ts'
import { sayWhereTenants, tenantSessions } from './cli/targets.ts'

export const spec = {
  name: 'mig-tenants',
  summary:
    'Lists the tenants: revision, how far behind, last run, and whose structure differs from that of most tenants at the same revision.',
  positionals: { schemas: schemasArgument },
  flags: {
    ...tenantFlags,
    summary: { help: 'the bars alone, without a row per tenant' },
    fast: { help: 'leave the structure out' },
  },
  examples: [
    'just mig-tenants',
    'just mig-tenants tenant --summary',
    "just mig-tenants --tenants 'eu_*' --json",
  ],
} as const

const columns: readonly Column<LineStatus>[] = [
  { title: 'tenant', value: ({ target }) => target.schema },
  { title: 'shard', value: ({ target }) => target.shard },
  {
    title: 'revision',
    value: ({ revisions, state }) => (state === 'unreachable' ? null : revisions.join(', ') || 'base'),
  },
  { title: 'state', value: stateText },
  { title: 'last run', value: ({ lastRun }) => lastRun && relativeTime(lastRun, new Date()) },
  { title: 'structure', value: ({ structure }) => structure },
]

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { flags } = command
    const project = openProject(await commandEnvironment(command))
    const line = oneTenantLine(project.env)
    await sayWhereTenants(command, project)
    const sessions = tenantSessions(command)
    const tenants = await targetTenants(project.env, line, sessions, 'all')
    const structure = flags.fast !== true
    show(command, await lineStatuses(project, tenants, sessions, { structure, lastRun: true }))
  })

function show({ output, flags }: Command<typeof spec>, statuses: readonly LineStatus[]): void {
  const { style } = output
  const shards = statuses.some(({ target }) => target.shard !== null)
  const shown = columns.filter(({ title }) => title !== 'shard' || shards)
  const differing = statuses.filter(({ structure }) => structure === 'differs')
  const parts = [
    ...(flags.summary === true ? [] : [table(shown, statuses, { style, empty: 'there are no tenants' }), '']),
    statusBars(statuses, style),
    ...troubleTexts(statuses),
    ...(differing.length === 0
      ? []
      : [
          style.warning(
            `${countOf(differing.length, 'tenant')} with another structure than most at the same revision: ${differing
              .slice(0, 20)
              .map(({ target }) => target.schema)
              .join(', ')}${differing.length > 20 ? ' …' : ''}`,
          ),
        ]),
  ]
  output.result(parts.join('\n').trim(), ...statuses.map(lineOf))
}

function lineOf({ target, halfDone: _halfDone, entries: _entries, ...status }: LineStatus) {
  const { line, schema: targetSchema, shard } = target
  return { event: 'tenant' as const, line, targetSchema, shard, ...status }
}
