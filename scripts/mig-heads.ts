// just mig-heads [schemas] [flags]
import { openProject } from '../migrations/core/index.ts'
import {
  listLines,
  type RevisionLine,
  revisionLines,
  type TextColumn,
  table,
} from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'mig-heads',
  summary: 'Lists the heads of each line. Needs no database.',
  positionals: { schemas: schemasArgument },
  flags: {},
  examples: ['just mig-heads', 'just mig-heads user'],
} as const

const columns: readonly TextColumn<RevisionLine>[] = [
  { title: 'line', value: (row) => row.line },
  { title: 'revision', value: (row) => row.revision },
  { title: 'labels', value: (row) => row.branchLabels.join(', ') },
  { title: 'message', value: (row) => row.message },
]

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output } = command
    const project = openProject(await commandEnvironment(command))
    const ledger = { applied: new Map(), entries: [], neverRun: new Set<string>() }
    const specs = project.graph
      .heads({ lines: project.env.filter })
      .flatMap((id) => project.files.get(id) ?? [])
    const rows = revisionLines(project, specs, ledger)
    const text = table(columns, rows, {
      style: output.style,
      empty: 'no revisions yet; just mig-revision "…" writes one',
    })
    output.result(text, ...listLines(rows))
  })
