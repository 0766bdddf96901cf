// just mig-revision MESSAGE [schemas] [flags]
import { lineToReplace, MigError, newRevisionFile, openProject } from '../migrations/core/index.ts'
import { schemasArgument } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { writeNewFiles } from './cli/new-files.ts'

export const spec = {
  name: 'mig-revision',
  summary: 'Writes an empty revision in each line of the filter, to edit by hand. Needs no database.',
  positionals: { message: { help: 'what the revision does' }, schemas: schemasArgument },
  flags: {
    head: {
      help: 'the parent: a head (default), or any revision with --splice; base for a new base',
      value: 'REV',
    },
    splice: { help: 'allow a parent that is not a head' },
    label: { help: 'a branch label for the revision', value: 'NAME', many: true },
    'depends-on': { help: 'a revision of any line that must be applied first', value: 'REV', many: true },
    'rev-id': { help: 'this id instead of a new one', value: 'ID' },
    irreversible: { help: 'why it cannot be reverted', value: 'REASON' },
    'sql-file': { help: 'a plain .sql file instead of TypeScript' },
  },
  examples: [
    'just mig-revision "add preferred_language to profile" user',
    'just mig-revision "split" user --head base --label archive',
    `just mig-revision "forget names" user --irreversible 'they are not kept'`,
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { positionals, flags, output } = command
    const project = openProject(await commandEnvironment(command))
    const { env, graph } = project
    const { head, irreversible, 'rev-id': revision } = flags
    if (
      env.filter.length > 1 &&
      (revision !== undefined || flags.label !== undefined || flags.head !== undefined)
    ) {
      throw new MigError('one-line', '--rev-id, --label and --head are for one line', {
        help: `name one of ${env.filter.join(', ')}: just mig-revision ${JSON.stringify(positionals.message)} ${env.filter[0]} …`,
      })
    }
    const now = new Date()
    if (irreversible?.trim() === '') {
      throw new MigError('bad-flag', '--irreversible needs a reason', {
        help: "write it down: --irreversible 'the old values are not kept'",
      })
    }
    const format = flags['sql-file'] === true ? 'sql' : 'ts'
    const { message } = positionals
    const upgradeBody = lineToReplace[format]
    const downgradeBody = irreversible === undefined ? upgradeBody : undefined
    const splice = flags.splice === true
    const [labels, dependsOn] = [list(flags.label), list(flags['depends-on'])]
    const files = env.filter.map((line) => {
      const edges = graph.newRevisionEdges({ line, splice, labels, dependsOn, head, revId: revision })
      const file = { line, message, edges, format, now, revision } as const
      return newRevisionFile(project, { ...file, upgradeBody, downgradeBody, irreversible })
    })
    await writeNewFiles(env, output, files)
  })

function list(values: readonly string[] = []): readonly string[] {
  return values.flatMap((item) => item.split(',').map((part) => part.trim()))
}
