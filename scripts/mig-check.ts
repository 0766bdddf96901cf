// just mig-check [schemas] [flags]
import { checkTargets, readingOnce, targetsDrift } from '../migrations/core/check/index.ts'
import { exitCodes, type TargetSchema } from '../migrations/core/index.ts'
import { checkShown, driftShown, equalText, nothingLine } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags, trustLiveFlag } from './cli/arguments.ts'
import { sayUnmodeled } from './cli/changes.ts'
import { type Command, runCommand } from './cli/command.ts'
import type { Output } from './cli/output.ts'
import { type OnGroup, onTargets } from './cli/targets.ts'

export const spec = {
  name: 'mig-check',
  summary: 'Compares database and models, and shows what is pending or was edited; exit 1 on any difference.',
  positionals: { schemas: schemasArgument },
  flags: {
    sql: { help: 'print statements for the differences; with --drift, those that revert them' },
    drift: { help: 'compare with the applied revisions, to find manual changes' },
    privileges: { help: 'compare owners and grants too' },
    'trust-live': trustLiveFlag,
    ...tenantFlags,
  },
  examples: ['just mig-check', 'just mig-check user', 'just mig-check all --json'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (given) => {
    const command = given.flags.sql === true ? { ...given, output: sqlOutput(given.output) } : given
    const read = readingOnce()
    const findings = await onTargets(command, (group, targets) => check(command, group, targets, read))
    return findings.includes(true) ? exitCodes.differences : exitCodes.done
  })

/** Whether anything differs. */
async function check(
  command: Command<typeof spec>,
  group: OnGroup,
  targets: readonly TargetSchema[],
  read: ReturnType<typeof readingOnce>,
): Promise<boolean> {
  const { flags, output } = command
  const shown =
    flags.drift === true ? await drift(command, group, targets) : await models(command, group, targets, read)
  for (const each of shown)
    if ('remark' in each) output.remark(each.remark)
    else output.result(each.text, ...each.lines)
  if (shown.length === 0) output.result(equalText(group, targets, flags.drift === true), nothingLine)
  return shown.length > 0
}

async function drift(command: Command<typeof spec>, group: OnGroup, targets: readonly TargetSchema[]) {
  const options = optionsOf(command)
  const found = await targetsDrift(group.project, group, targets, group.sessions, options)
  return driftShown(found, { ...options, ...group })
}

async function models(
  command: Command<typeof spec>,
  group: OnGroup,
  targets: readonly TargetSchema[],
  read: ReturnType<typeof readingOnce>,
) {
  const options = { ...optionsOf(command), read }
  const found = await checkTargets(group.project, group, targets, group.sessions, options)
  sayUnmodeled(command, found.unmodeled)
  return checkShown(found, { ...options, ...group })
}

function optionsOf({ flags }: Command<typeof spec>) {
  return { privileges: flags.privileges === true, sql: flags.sql === true }
}

/** The output of a command that prints SQL for psql: whatever else goes to stdout stands there as a comment. */
function sqlOutput(output: Output): Output {
  const comment = (text: string) => text.replace(/^/gm, '-- ')
  return {
    ...output,
    result: (text, ...lines) =>
      output.result(
        text === '' || lines.some(({ event }) => event === 'sql') ? text : comment(text),
        ...lines,
      ),
    remark: (text) => output.remark(comment(text)),
  }
}
