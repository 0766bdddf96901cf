// just mig-heads [schemas] [flags]
import { openProject } from '../migrations/core/index.ts'
import { table } from '../migrations/core/report/index.ts'
import { commandEnvironment, runCommand } from './shared/command.ts'
import { historyRows, revisionLine } from './shared/history-rows.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-heads',
  summary: 'Lists the heads of each line. Needs no database.',
  positionals: { schemas: schemasArgument },
  flags: {},
  examples: ['just mig-heads', 'just mig-heads user'],
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const { output } = command
    const project = openProject(await commandEnvironment(command))
    const ledger = { applied: new Map(), entries: [] }
    const specs = project.graph
      .heads({ lines: project.env.filter })
      .flatMap((id) => project.files.get(id) ?? [])
    const rows = historyRows(project, specs, ledger)
    if (output.json) for (const row of rows) output.result('', revisionLine(row, ledger))
    else {
      const columns = [
        { title: 'line', value: (row: (typeof rows)[number]) => row.line },
        { title: 'revision', value: (row: (typeof rows)[number]) => row.revision },
        { title: 'labels', value: (row: (typeof rows)[number]) => row.labels.join(', ') },
        { title: 'message', value: (row: (typeof rows)[number]) => row.message },
      ]
      output.result(
        table(columns, rows, {
          style: output.style,
          empty: 'no revisions yet; just mig-revision "…" writes one',
        }),
        rows,
      )
    }
  })
