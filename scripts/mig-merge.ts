// just mig-merge "REVISIONS" [message] [flags]
import { MigError, newRevisionFile, openProject } from '../migrations/core/index.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { writeNewFiles } from './cli/new-files.ts'

export const spec = {
  name: 'mig-merge',
  summary: 'Writes a revision that joins several heads of one line. Needs no database.',
  positionals: {
    revisions: { help: 'the heads, separated by spaces or commas; key@heads for all of a line' },
    message: { help: 'what the merge is for', default: 'merge' },
  },
  flags: {
    splice: { help: 'allow a parent that is not a head' },
    label: { help: 'a branch label for the merge', value: 'NAME', many: true },
    'rev-id': { help: 'this id instead of a new one', value: 'ID' },
    'sql-file': { help: 'a plain .sql file instead of TypeScript' },
  },
  examples: ['just mig-merge "3f2a9c41b7d0 8d01c2aa94fe" "merge languages"', 'just mig-merge user@heads'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (command) => {
    const { positionals, flags, output } = command
    const project = openProject(await commandEnvironment(command))
    const { env, graph, files } = project
    const names = positionals.revisions.split(/[\s,]+/).filter((name) => name !== '')
    const parents = graph.merge(names, { splice: flags.splice === true })
    const line = files.get(parents[0] ?? '')?.line
    if (line === undefined || parents.length < 2) {
      const found = parents.length === 0 ? 'no revision' : `only ${parents.join(', ')}`
      throw new MigError('nothing-to-merge', `${JSON.stringify(positionals.revisions)} names ${found}`, {
        help: 'a merge joins two heads or more; just mig-heads lists them',
      })
    }
    const revision = flags['rev-id']
    const [splice, labels] = [flags.splice === true, flags.label ?? []]
    const edges = graph.newRevisionEdges({ line, head: parents, splice, labels, revId: revision })
    const format = flags['sql-file'] === true ? 'sql' : 'ts'
    const { message } = positionals
    const file = newRevisionFile(project, { line, message, edges, format, now: new Date(), revision })
    await writeNewFiles(env, output, [file])
  })
