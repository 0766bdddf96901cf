// just mig-history [schemas] [range] [flags]
import { readApplied, readLastEntries, readStates, singleTargets } from '../migrations/core/index.ts'
import { historyGraph } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { runCommand, usingProject } from './cli/command.ts'
import { historyRows, missingRows, neverRunIn, revisionLine } from './cli/history-rows.ts'
import { countedTenants, tenantsText } from './cli/tenant-counts.ts'

export const spec = {
  name: 'mig-history',
  summary: 'Draws the revision graph of each line, newest first, with what is applied.',
  positionals: { schemas: schemasArgument, range: { help: 'a:b; you may omit either side', default: '' } },
  flags: tenantFlags,
  examples: ['just mig-history', 'just mig-history user', 'just mig-history user base:head --verbose'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    usingProject(command, async (session, project) => {
      const { output, positionals, flags } = command
      const { env, graph } = project
      const tenants = await countedTenants(command, project)
      const states = await readStates(session.client, project, singleTargets(env))
      const ledger = {
        applied: await readApplied(session.client, env.ledgerSchema),
        entries: await readLastEntries(session.client, env.ledgerSchema, Object.values(env.schemas)),
        neverRun: neverRunIn(states, tenants),
        tenants,
      }
      const applied = [...new Set([...ledger.applied.values()].flat())].filter((id) => project.files.has(id))
      const range = positionals.range || undefined
      const specs = graph.history(range, { lines: env.filter, applied })
      const missing = range === undefined ? missingRows(project, ledger) : []
      const rows = [...missing, ...historyRows(project, specs, ledger)]
      const headings = Object.fromEntries(
        env.lines.map(({ key, schema }) => [key, `${key} (${schema ?? tenantsText(tenants.get(key))})`]),
      )
      const text = historyGraph(rows, {
        verbose: flags.verbose === true,
        style: output.style,
        headings,
        now: new Date(),
      })
      output.result(text, ...rows.map((row) => revisionLine(row, ledger)))
    }),
  )
