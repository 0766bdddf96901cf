// just mig-branches [schemas] [flags]
import { openProject } from '../migrations/core/index.ts'
import { nothingLine } from '../migrations/core/report/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'

export const spec = {
  name: 'mig-branches',
  summary: 'Lists the revisions that have more than one child. Needs no database.',
  positionals: { schemas: schemasArgument },
  flags: {},
  examples: ['just mig-branches', 'just mig-branches user'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { output } = command
    const { env, files, graph } = openProject(await commandEnvironment(command))
    const points = graph.branchPoints().flatMap(({ revision, children }) => {
      const file = files.get(revision)
      return file !== undefined && env.filter.includes(file.line) ? [{ file, children }] : []
    })
    for (const { file, children } of points) {
      const text = [
        `${file.line} ${file.revision} ${file.message}`,
        ...children.map((id) => `  → ${id} ${files.get(id)?.message ?? ''}`),
      ]
      const { revision, line, message } = file
      output.result(text.join('\n'), { event: 'branch-point' as const, revision, line, message, children })
    }
    if (points.length === 0) output.result('no branch points', nothingLine)
  })
