// just mig-lint [range] [schemas] [flags]
import { type Environment, exitCodes, MigError } from '../migrations/core/index.ts'
import { type Finding, levels, lintProject, sizeText } from '../migrations/core/lint/index.ts'
import {
  durationText,
  findingAnnotation,
  findingLine,
  lintLines,
  lintText,
} from '../migrations/core/report/index.ts'
import { optionalValue, schemasArgument, trustLiveFlag } from './cli/arguments.ts'
import { commandEnvironment, runCommand } from './cli/command.ts'
import { repositoryPath } from './cli/repository-path.ts'

const formats = ['text', 'json', 'github'] as const

export const spec = {
  name: 'mig-lint',
  summary:
    'Shows what revisions would do to a live system: runs them on a scratch database, reads the locks of each statement, and applies the rules of squawk. Uses the table sizes of a configured database.',
  positionals: {
    range: {
      help: 'a:b, one revision, or schema keys; default: what is pending, or all without a database',
      default: '',
    },
    schemas: schemasArgument,
  },
  flags: {
    changed: {
      help: 'only revisions that are new since a git base (default: the main branch)',
      value: '[BASE]',
    },
    'trust-live': trustLiveFlag,
    level: { help: 'lowest level that gives exit 1: error, warning (default), advice', value: 'LEVEL' },
    format: { help: 'text (default), json, or github for annotations', value: 'FORMAT' },
  },
  examples: [
    'just mig-lint',
    'just mig-lint user',
    'just mig-lint 3f2a9c41:head user --level error',
    'just mig-lint --changed origin/main --format github',
  ],
} as const

export const main = (argv: readonly string[]): Promise<void> => {
  // The format is known before anything is written.
  const isJson = /(^| )--format[= ]json( |$)/.test(argv.join(' '))
  const words = isJson ? [...argv, '--json'] : argv
  return runCommand(spec, optionalValue(words, 'changed'), async (command) => {
    const { flags, output, positionals, signal } = command
    const level = oneOf(flags.level, 'level', levels, 'warning')
    const format = oneOf(flags.format, 'format', formats, 'text')
    const { env, range } = rangeOrKeys(await commandEnvironment(command), positionals.range)
    const { changed } = flags
    const result = await lintProject(env, { changed, range, durationText, emit: output.event, signal })
    if (format === 'github') {
      for (const finding of result.findings) {
        if (!output.json) output.annotate(findingAnnotation(finding, repositoryPath), 'stdout')
        output.result('', findingLine(finding))
      }
    } else output.result(lintText(result, output.style, sizeText), ...lintLines(result))
    const counts = (finding: Finding) => levels.indexOf(finding.level) >= levels.indexOf(level)
    return result.findings.some(counts) ? exitCodes.differences : exitCodes.done
  })
}

/** A schema key is not a revision, so keys in the place of a range are the filter. */
function rangeOrKeys(env: Environment, given: string): { readonly env: Environment; readonly range: string } {
  const names = given.split(',').map((name) => name.trim())
  const areKeys = names.every((name) => env.lines.some(({ key }) => key === name))
  return areKeys ? { env: { ...env, filter: names }, range: '' } : { env, range: given }
}

function oneOf<Name extends string>(
  value: unknown,
  flag: string,
  names: readonly Name[],
  fallback: Name,
): Name {
  if (value === undefined) return fallback
  const found = names.find((name) => name === value)
  if (found !== undefined) return found
  throw new MigError('bad-flag', `--${flag} is one of ${names.join(', ')}, not ${JSON.stringify(value)}`, {
    help: `write --${flag}=${fallback}`,
  })
}
