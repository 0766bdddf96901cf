// just mig-check [schemas] [flags]
import {
  type CheckResult,
  checkProject,
  historyDrift,
  type LineDrift,
} from '../migrations/core/check/index.ts'
import type { Change } from '../migrations/core/difference/index.ts'
import { exitCodes, type Project, type Session, usingSession } from '../migrations/core/index.ts'
import { countOf, oneLine } from '../migrations/core/report/index.ts'
import { schemasArgument, tenantFlags, trustLiveFlag } from './cli/arguments.ts'
import { changeLines, sayUnmodeled } from './cli/changes.ts'
import { checkFlags, checkTenantLine } from './cli/check-tenants.ts'
import { type Command, runCommand } from './cli/command.ts'
import type { Output } from './cli/output.ts'
import { type OnGroup, onTargets } from './cli/targets.ts'

export const spec = {
  name: 'mig-check',
  summary: 'Compares database and models, and says what is pending or was edited; exit 1 on any difference.',
  positionals: { schemas: schemasArgument },
  flags: {
    ...checkFlags,
    'trust-live': trustLiveFlag,
    ...tenantFlags,
  },
  examples: ['just mig-check', 'just mig-check user', 'just mig-check all --json'],
} as const

export const main = (argv: readonly string[]): Promise<void> =>
  runCommand(spec, argv, async (given) => {
    const command = given.flags.sql === true ? { ...given, output: sqlOutput(given.output) } : given
    const codes = await onTargets(command, (group, targets) =>
      group.tenantLine === null
        ? checkSingle(command, group)
        : checkTenantLine(command, group.tenantLine, group, targets),
    )
    return codes.includes(exitCodes.differences) ? exitCodes.differences : exitCodes.done
  })

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

async function checkSingle(command: Command<typeof spec>, { project, sessions }: OnGroup): Promise<number> {
  return usingSession(project.env, sessions, (session) => checkOn(command, session, project))
}

async function checkOn(command: Command<typeof spec>, session: Session, project: Project): Promise<number> {
  const { flags, output } = command
  if (flags.drift === true) {
    const drift = await historyDrift(session, project, { privileges: flags.privileges === true })
    showHistoryDrift(command, drift)
    return drift.length > 0 ? exitCodes.differences : exitCodes.done
  }
  const checked = await checkProject(session, project, { privileges: flags.privileges === true })
  sayUnmodeled(command, checked.unmodeled)
  showPending(command, checked)
  showDrift(command, checked)
  showEdited(command, checked)
  const { pending, drift, edited } = checked
  if (pending.length + drift.length + edited.length > 0) return exitCodes.differences
  const schemas = project.env.filter.map((key) => project.env.schemas[key] ?? key)
  output.result(`no difference: ${schemas.join(', ')}`, { event: 'done', steps: 0, ms: 0 })
  return exitCodes.done
}

/** Drift from the history, and the three ways on. */
function showHistoryDrift({ output, flags }: Command<typeof spec>, drift: readonly LineDrift[]): void {
  if (drift.length === 0) {
    output.result('no drift', { event: 'done', steps: 0, ms: 0 })
    return
  }
  for (const { line, schema, changes, statements } of drift) {
    const { text, lines } = changeLines(changes.map(reversed), () => line)
    const sql = statements.map((statement) => `${statement};`).join('\n')
    if (flags.sql === true) output.result(sql, { event: 'sql', sql })
    else output.result(`${schema} was changed by hand:\n${text}`, ...lines)
  }
  output.remark(
    'keep it: just mig-autogen "…" --adopt · revert it: just mig-check --drift --sql | just db-psql · or leave it',
  )
}

/** What must be added to revert a change was dropped by hand. */
function reversed(change: Change): Change {
  if (change.verb === 'rename') {
    return { ...change, name: change.detail.replace(/^to /, ''), detail: `to ${change.name}` }
  }
  const verbs = { add: 'drop', drop: 'add', change: 'change' } as const
  const detail = change.detail.split(' → ').reverse().join(' → ')
  return { ...change, verb: verbs[change.verb], detail: change.verb === 'change' ? detail : change.detail }
}

function showPending({ output }: Command<typeof spec>, { pending }: CheckResult): void {
  if (pending.length === 0) return
  const rows = pending.map(({ line, revision, message }) => `  ${line} ${revision} ${oneLine(message)}`)
  const lines = pending.map(({ line, revision, message, targetSchema }) => ({
    event: 'pending' as const,
    line,
    targetSchema,
    revision,
    message,
  }))
  output.result(
    `${countOf(pending.length, 'revision')} pending (just mig-upgrade):\n${rows.join('\n')}`,
    ...lines,
  )
}

function showDrift({ output, flags }: Command<typeof spec>, { drift }: CheckResult): void {
  for (const { line, schema, changes, statements } of drift) {
    const { text, lines } = changeLines(changes, () => line)
    const title = `${schema} differs from its models (just mig-autogen "…" ${line}):`
    const sql = statements.map((statement) => `${statement};`).join('\n')
    if (flags.sql === true) output.result(sql, { event: 'sql', sql })
    else output.result(`${title}\n${text}`, ...lines)
  }
}

function showEdited({ output }: Command<typeof spec>, { edited }: CheckResult): void {
  if (edited.length === 0) return
  const rows = edited.map(({ line, revision, path }) => `  ${line} ${revision} ${oneLine(path)}`)
  const lines = edited.map((file) => ({ event: 'edited' as const, ...file }))
  output.result(
    `applied, and edited since (undo the edit, or write a new revision):\n${rows.join('\n')}`,
    ...lines,
  )
}
