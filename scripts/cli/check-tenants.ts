import {
  checkTenants,
  type TenantDrift,
  type TenantStatements,
  tenantHistoryDrift,
} from '../../migrations/core/check/index.ts'
import type { Change } from '../../migrations/core/difference/index.ts'
import {
  type EditedFile,
  exitCodes,
  type LineStatus,
  type TargetSchema,
} from '../../migrations/core/index.ts'
import { countOf, oneLine, stateText } from '../../migrations/core/report/index.ts'
import type { Flags } from './arguments.ts'
import { changeLines } from './changes.ts'
import type { Command, CommandWith } from './command.ts'
import type { OnGroup } from './targets.ts'

/** What is compared, and how it is told. */
export const checkFlags = {
  sql: { help: 'the differences as statements; with --drift those that revert them' },
  drift: { help: 'compare with what the applied revisions give: what was changed by hand' },
  privileges: { help: 'compare owners and grants too' },
} as const satisfies Flags

/**
 * Compares the tenants of a line with its models, or with --drift each with its own applied revisions, and says which
 * differ, those that differ alike together. Returns the exit code.
 */
export async function checkTenantLine(
  command: CommandWith<typeof checkFlags>,
  line: string,
  { project, sessions }: OnGroup,
  targets: readonly TargetSchema[],
): Promise<number> {
  const { flags } = command
  const options = { privileges: flags.privileges === true, sql: flags.sql === true }
  if (flags.drift === true) {
    const { unknown, unanswered, drift, statements, tenants } = await tenantHistoryDrift(
      project,
      line,
      targets,
      sessions,
      options,
    )
    showStatuses(command, line, unknown, 'with a revision that no file has')
    showStatuses(command, line, unanswered, 'not compared')
    showDiffering(command, line, drift, statements, () => 'changed by hand')
    if (drift.length > 0) sayWaysOn(command, line)
    return verdict(
      command,
      unknown.length + unanswered.length + drift.length,
      `no drift: ${countOf(tenants, 'tenant')} of ${line}`,
    )
  }
  const checked = await checkTenants(project, line, targets, sessions, options)
  const { behind, edited, drift, statements, tenants } = checked
  showStatuses(command, line, behind, 'not at head')
  showDiffering(command, line, drift, statements, differing)
  showEdited(command, line, edited)
  const fine = `no difference: ${countOf(tenants, 'tenant')} of ${line}`
  return verdict(command, behind.length + drift.length + edited.length, fine)
}

function verdict({ output }: Command, findings: number, fine: string): number {
  if (findings > 0) return exitCodes.differences
  output.result(fine, { event: 'done', steps: 0, ms: 0 })
  return exitCodes.done
}

const differing = (tenants: number) => `differ${tenants === 1 ? 's' : ''} from the models`

const namesShown = 20

function nameOf({ schema, shard }: TargetSchema): string {
  return shard === null ? schema : `${schema} on ${shard}`
}

function showStatuses(
  { output }: Command,
  line: string,
  statuses: readonly LineStatus[],
  what: string,
): void {
  if (statuses.length === 0) return
  const names = statuses.map((status) => `${nameOf(status.target)} (${stateText(status)})`)
  const lines = statuses.map(({ target, revisions, state, behind, neverRun, trouble }) => ({
    ...{ event: 'tenant' as const, line, targetSchema: target.schema, shard: target.shard, revisions, state },
    ...{ behind, neverRun, trouble, lastRun: null, structure: null, fingerprint: null },
  }))
  const text = `${countOf(statuses.length, 'tenant')} ${what}: ${listText(names)}`
  output.result(text, ...lines)
}

function showDiffering(
  command: CommandWith<typeof checkFlags>,
  line: string,
  drift: readonly TenantDrift[],
  statements: readonly TenantStatements[],
  what: (tenants: number) => string,
): void {
  const { output, flags } = command
  if (flags.sql === true) {
    for (const { tenant, statements: own } of statements) showSql(command, tenant.schema, own)
    const shown = new Set(statements.map(({ tenant }) => tenant))
    const rest = drift.flatMap(({ tenants }) => tenants).filter((tenant) => !shown.has(tenant))
    if (rest.length === 0) return
    const names = listText(rest.map(({ schema }) => schema))
    output.remark(
      `${countOf(rest.length, 'more tenant')} ${what(rest.length)}; name them for theirs: --tenants ${names}`,
    )
    return
  }
  for (const { tenants, changes } of drift) {
    const title = `${countOf(tenants.length, 'tenant')} ${what(tenants.length)}: ${listText(tenants.map(nameOf))}`
    if (changes === null)
      output.result(title, ...tenants.flatMap(({ schema }) => differenceLines([], line, schema)))
    else {
      const text = `${title}\n${changeLines(changes, () => line).text}`
      output.result(text, ...tenants.flatMap(({ schema }) => differenceLines(changes, line, schema)))
    }
  }
}

/** Edited files, and to which tenants they were applied before. */
function showEdited({ output }: Command, line: string, edited: readonly EditedFile[]): void {
  if (edited.length === 0) return
  const rows = edited.map(({ revision, path, targets: tenants }) => {
    const names = listText(tenants.map(nameOf))
    return `  ${line} ${revision} on ${countOf(tenants.length, 'tenant')}: ${names}\n    ${path}`
  })
  const lines = edited.map(({ revision, path, targets: tenants }) => ({
    ...{ event: 'edited' as const, line, revision, path },
    targetSchemas: tenants.map(({ schema }) => schema),
  }))
  output.result(
    `applied, and edited since (undo the edit, or write a new revision):\n${rows.join('\n')}`,
    ...lines,
  )
}

function showSql({ output }: Command, schema: string, statements: readonly string[]): void {
  const none = statements.length === 0 ? ['-- no statement is known that would do it'] : []
  const sql = [`-- ${oneLine(schema)}`, ...none, ...statements.map((statement) => `${statement};`)].join('\n')
  output.result(sql, { event: 'sql', sql })
}

/** A tenant that is not looked at closely still has a line, so that its name is there. */
function differenceLines(changes: readonly Change[], line: string, schema: string) {
  const unknown: Change = { verb: 'change', kind: 'schema', name: schema, schema, detail: '' }
  const told = changes.length === 0 ? [unknown] : changes
  return changeLines(
    told.map((change) => ({ ...change, schema })),
    () => line,
  ).lines
}

function sayWaysOn({ output }: Command, line: string): void {
  output.remark(
    `revert it: just mig-check ${line} --drift --sql | just db-psql · keep it: put it into the models and a revision · or leave it`,
  )
}

function listText(names: readonly string[]): string {
  const more = names.length - namesShown
  return names.slice(0, namesShown).map(oneLine).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
