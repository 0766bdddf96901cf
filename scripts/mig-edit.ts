// just mig-edit REVISION
import { openProject } from '../migrations/core/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { openEditor } from './cli/external.ts'
import { fileOf } from './cli/revisions.ts'

export const spec = {
  name: 'mig-edit',
  summary: 'Opens a revision file in $VISUAL or $EDITOR; without a terminal, prints its path.',
  positionals: { revision: { help: 'an id, a prefix of one, a label, head, key@head' } },
  flags: {},
  examples: ['just mig-edit head', 'just mig-edit user@head'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const project = openProject(await commandEnvironment(command))
    const { path } = fileOf(project, command.positionals.revision)
    // Nobody would see the editor, and a script would wait for it.
    if (process.stdin.isTTY !== true && process.stdout.isTTY !== true)
      command.output.result(path, { event: 'file', path })
    else await openEditor(path)
  })
