// just mig-verify [schemas] [flags]
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { exitCodes, MigError } from '../migrations/core/index.ts'
import { durationText, indentedRest, junitXml, table } from '../migrations/core/report/index.ts'
import { type CheckResult, verifyProject } from '../migrations/core/verify/index.ts'
import { trustLiveFlag } from './cli/arguments.ts'
import { type Command, commandEnvironment, given, runCommand } from './cli/command.ts'
import { optionalValue } from './cli/optional-value.ts'
import { repositoryPath } from './cli/repository-path.ts'
import { schemasArgument } from './cli/schemas-argument.ts'

const spec = {
  name: 'mig-verify',
  summary:
    'Checks the revisions on scratch databases: files and forks, from empty to the models, stamped databases, every revision up, down and up, and offline SQL. What a pipeline runs; needs no set-up.',
  positionals: { schemas: schemasArgument },
  flags: {
    changed: {
      help: 'only revisions that are new against a git base (default: the main branch); the others must be as they were',
      value: '[BASE]',
    },
    announce: {
      help: 'write into the heads of the revision files what the stairway sees them lose and they do not say',
    },
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
    const changed = given({ changed: flags.changed })
    const results = await verifyProject(env, {
      emit: output.event,
      signal,
      announce: flags.announce === true,
      ...changed,
    })
    show(command, results)
    if (flags.junit !== undefined) writeJunit(flags.junit, results)
    if (process.env.GITHUB_ACTIONS === 'true') annotate(command, results)
    return results.some(({ status }) => status === 'failed') ? exitCodes.differences : exitCodes.done
  })

function show({ output }: Command, results: readonly CheckResult[]): void {
  const { style } = output
  const paint = { ok: style.good, failed: style.error, skipped: style.dim }
  const text = table(
    [
      { title: 'check', value: ({ check }) => check },
      { title: 'of', value: nameOf },
      { title: 'result', value: ({ status }) => status, paint: (cell, { status }) => paint[status](cell) },
      { title: 'time', value: ({ ms }) => durationText(ms), align: 'right' },
      { title: 'found', value: ({ message }) => message.split('\n')[0] },
    ],
    results,
    { style },
  )
  const details = results.flatMap(({ status, message, help, ...result }) => {
    if (status !== 'failed') return []
    const place = result.place?.file === undefined ? '' : ` (${shownPath(result.place)})`
    const lines = [`${result.check} ${nameOf(result)}`.trim() + place, indented(message)]
    return [
      [...lines, ...(help === undefined ? [] : [`${style.help('help:')} ${indentedRest(help)}`])].join('\n'),
    ]
  })
  const announced = results.flatMap(({ announced = [], place }) =>
    announced.length === 0 ? [] : [`announced in ${shownPath(place)}:\n${indented(announced.join('\n'))}`],
  )
  output.result(
    [...announced, ...details, text].join('\n\n'),
    ...results.map((result) => ({ event: 'check' as const, ...result })),
  )
}

function nameOf({ line, revision }: Pick<CheckResult, 'line' | 'revision'>): string {
  return [line, revision].filter((part) => part !== undefined).join(' ')
}

function shownPath(place: CheckResult['place']): string {
  return place?.file === undefined ? '' : relative(process.cwd(), place.file)
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ')

function writeJunit(path: string, results: readonly CheckResult[]): void {
  const cases = results.map(({ check, status, message, ms, place, ...result }) => ({
    suite: check,
    name: nameOf(result) || check,
    status,
    message,
    ms,
    ...(place?.file === undefined ? {} : { file: relative(process.cwd(), place.file) }),
  }))
  try {
    mkdirSync(dirname(resolve(path)), { recursive: true })
    writeFileSync(path, junitXml('mig-verify', cases))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MigError('cannot-write', `cannot write the report ${path}: ${reason}`, {
      help: 'give --junit a file in a folder that this user may write to',
      cause,
    })
  }
}

/** On stderr, which GitHub reads too: with `--json` stdout is for the lines. */
function annotate({ output }: Command, results: readonly CheckResult[]): void {
  for (const { status, check, message, place, ...result } of results) {
    if (status !== 'failed') continue
    output.annotate(
      {
        level: 'error',
        title: `mig-verify ${check} ${nameOf(result)}`.trim(),
        message,
        ...(place?.file === undefined ? {} : { file: repositoryPath(place.file) }),
        ...(place?.line === undefined ? {} : { line: place.line }),
      },
      'stderr',
    )
  }
}
