// just mig-show REVISION [flags]
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { historyGraph, revisionLines } from '../migrations/core/report/index.ts'
import { runCommand, usingProject } from './cli/command.ts'
import { ledgerView } from './cli/ledger-view.ts'
import { fileOf } from './cli/revisions.ts'

export const spec = {
  name: 'mig-show',
  summary: 'Shows one revision: its neighbours, where and when it was applied, and its file.',
  positionals: { revision: { help: 'an id, a prefix of one, a label, head, key@head' } },
  flags: {},
  examples: ['just mig-show user@head', 'just mig-show 3f2a9c41'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, (command) =>
    usingProject(command, async (session, project) => {
      const { output, positionals } = command
      const { env, graph } = project
      const file = fileOf(project, positionals.revision)
      const own = { ...project, env: { ...env, filter: [file.line] } }
      const [row] = revisionLines(project, [file], await ledgerView(command, session, own))
      if (row === undefined) return
      const source = readFileSync(file.path, 'utf8')
      const children = graph.children(file.revision)
      const head = historyGraph([row], { verbose: true, style: output.style, now: new Date() })
      const title = output.style.dim(relative(env.root, file.path))
      output.result(
        `${head}\n  children: ${children.join(', ') || 'none'}\n\n${title}\n${source.trimEnd()}`,
        { ...row, children, source },
      )
    }),
  )
