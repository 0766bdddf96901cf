// just mig-sql [target] [schemas] [flags]
import {
  offlineScript,
  openProject,
  type Plan,
  type Project,
  planRange,
  planRun,
} from '../migrations/core/index.ts'
import { type Command, commandEnvironment, runCommand, usingProject } from './shared/command.ts'
import { schemasArgument } from './shared/schemas-argument.ts'

const spec = {
  name: 'mig-sql',
  summary:
    'Writes the SQL of an upgrade or downgrade to stdout instead of running it. A target starts from what the database has; a range a:b needs no database.',
  positionals: {
    target: {
      help: 'head, +N, a revision (upgrade); -N, base, or --downgrade (downgrade); a:b',
      default: 'head',
    },
    schemas: schemasArgument,
  },
  flags: {
    downgrade: { help: 'the target is one to downgrade to' },
    transaction: { help: 'revision: one each (default); run: one for all', value: 'revision|run' },
    'allow-missing': { help: 'go on although the ledger has revisions that no file has' },
  },
  examples: ['just mig-sql > upgrade.sql', 'just mig-sql base:head user > user.sql', 'just mig-sql -1 user'],
}

export const main = (): Promise<void> =>
  runCommand(spec, async (command) => {
    const target = command.positionals.target ?? 'head'
    if (!target.includes(':')) {
      const direction =
        command.flags.downgrade === true || /^(base|-\d+)$/.test(target) ? 'downgrade' : 'upgrade'
      const request = { direction, target, allowMissing: command.flags['allow-missing'] === true } as const
      return usingProject(quietly(command), async (session, project) =>
        writeScript(command, project, await planRun(session, project, request)),
      )
    }
    const project = openProject(await commandEnvironment(command))
    await writeScript(command, project, planRange(project, target))
  })

/** Standard output is the script and nothing else. */
function quietly(command: Command): Command {
  return {
    ...command,
    output: { ...command.output, remark: (text) => void process.stderr.write(`${text}\n`) },
  }
}

async function writeScript({ output }: Command, project: Project, plan: Plan): Promise<void> {
  for await (const part of offlineScript({ project, plan })) {
    // The parts end with their own line breaks.
    output.result(part.replace(/\n$/, ''), { event: 'sql', sql: part })
  }
}
