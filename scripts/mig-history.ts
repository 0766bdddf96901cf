// just mig-history [schemas] [range] [flags]
import {
  historyGraph,
  listLines,
  missingLines,
  revisionLines,
  tenantsText,
} from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags } from './cli/arguments.ts'
import { runCommand, usingProject } from './cli/command.ts'
import { ledgerView } from './cli/ledger-view.ts'

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
      const ledger = await ledgerView(command, session, project)
      const applied = [...new Set([...ledger.applied.values()].flat())].filter((id) => project.files.has(id))
      const range = positionals.range || undefined
      const specs = graph.history(range, { lines: env.filter, applied })
      const missing = range === undefined ? missingLines(project, ledger) : []
      const rows = [...missing, ...revisionLines(project, specs, ledger)]
      const headings = Object.fromEntries(
        env.lines.map(({ key, schema }) => [
          key,
          `${key} (${schema ?? tenantsText(ledger.tenants.get(key))})`,
        ]),
      )
      const text = historyGraph(rows, {
        verbose: flags.verbose === true,
        style: output.style,
        headings,
        now: new Date(),
      })
      output.result(text, ...listLines(rows))
    }),
  )
