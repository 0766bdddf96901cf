// just mig-verify [schemas] [flags]
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { exitCodes, MigError } from '../migrations/core/index.ts'
import { verifyAnnotations, verifyJunit, verifyText } from '../migrations/core/report/index.ts'
import { type CheckOutcome, verifyProject } from '../migrations/core/verify/index.ts'
import { optionalValue, schemasArgument, trustLiveFlag } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { repositoryPath } from './cli/repository-path.ts'

export const spec = {
  name: 'mig-verify',
  summary:
    'Checks the revisions on scratch databases, for a pipeline: files and forks, an upgrade from empty to the models, every revision up, down and up again, and offline SQL. Needs no setup.',
  positionals: { schemas: schemasArgument },
  flags: {
    changed: {
      help: 'only revisions that are new since a git base (default: the main branch); the others must be unchanged',
      value: '[BASE]',
    },
    announce: { help: 'add missing losses to the headers of revision files' },
    'trust-live': trustLiveFlag,
    junit: { help: 'write JUnit XML too', value: 'FILE' },
  },
  examples: [
    'just mig-verify',
    'just mig-verify user --changed origin/main',
    'just mig-verify --announce',
    'just mig-verify --junit report.xml',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, optionalValue(argv, 'changed'), async (command) => {
    const { flags, output, signal } = command
    const env = await commandEnvironment(command)
    const { changed } = flags
    const results = await verifyProject(env, {
      emit: output.event,
      signal,
      announce: flags.announce === true,
      changed,
    })
    output.result(
      verifyText(results, output.style),
      ...results.map((result) => ({ event: 'check' as const, ...result })),
    )
    if (flags.junit !== undefined) writeJunit(flags.junit, results)
    // On stderr, which GitHub reads too: with `--json` stdout is for the lines.
    if (process.env.GITHUB_ACTIONS === 'true')
      for (const each of verifyAnnotations(results, repositoryPath)) output.annotate(each, 'stderr')
    return results.some(({ status }) => status === 'failed') ? exitCodes.differences : exitCodes.done
  })

function writeJunit(path: string, results: readonly CheckOutcome[]): void {
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    writeFileSync(path, verifyJunit(results))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MigError('cannot-write', `cannot write the report ${path}: ${reason}`, {
      help: 'give --junit a file in a folder that this user may write to',
      cause,
    })
  }
}
