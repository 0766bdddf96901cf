import { type Change, changeText } from '../change.ts'
import type { CheckResult, Drift, HistoryDrift, TargetStatements } from '../check/index.ts'
import type { TargetSchema } from '../environment/index.ts'
import type { LineStatus } from '../runner/index.ts'
import { stateText, tenantLine } from './current.ts'
import type { ResultLine } from './json.ts'
import type { DifferenceLine } from './json-look.ts'
import { namesText, oneLine } from './text.ts'
import { countOf } from './units.ts'

/** What a command shows: a text with its lines for `--json`, or a remark. */
type Shown = { readonly text: string; readonly lines: readonly ResultLine[] } | { readonly remark: string }

/** What was compared, and whether the differences are shown as statements. */
interface Compared {
  readonly tenantLine: string | null
  readonly sql: boolean
}

/** How target schemas differ from the models; empty if they do not. */
export function checkShown(
  { pending, forked, behind, edited, drift }: CheckResult,
  compared: Compared,
): readonly Shown[] {
  return [
    ...pendingShown(pending, forked === true),
    ...statusesShown(behind, 'not at head'),
    ...differences(drift, compared, {
      single: ({ line }) => `differs from its models (just mig-autogen "…" ${line})`,
      tenants: (count) => `differ${count === 1 ? 's' : ''} from the models`,
    }),
    ...editedShown(edited, compared),
  ]
}

/** How target schemas differ from their applied revisions, and what to do; empty if they do not. */
export function driftShown(
  { unknown, unanswered, drift }: HistoryDrift,
  compared: Compared,
): readonly Shown[] {
  const { tenantLine: line } = compared
  const remark =
    line === null
      ? 'keep it: just mig-autogen "…" --adopt · revert it: just mig-check --drift --sql | just db-psql · or keep the difference'
      : `revert it: just mig-check ${line} --drift --sql | just db-psql · keep it: put it into the models and a revision · or keep the difference`
  return [
    ...statusesShown(unknown, 'with a revision that no file has'),
    ...statusesShown(unanswered, 'not compared'),
    ...differences(drift, compared, {
      single: () => 'was changed by hand',
      tenants: () => 'changed by hand',
    }),
    ...(drift.length === 0 ? [] : [{ remark }]),
  ]
}

/** The text if nothing differs. */
export function equalText(
  { tenantLine }: Pick<Compared, 'tenantLine'>,
  targets: readonly TargetSchema[],
  isDrift: boolean,
): string {
  const what = isDrift ? 'no drift' : 'no difference'
  if (tenantLine !== null) return `${what}: ${countOf(targets.length, 'tenant')} of ${tenantLine}`
  return isDrift ? what : `${what}: ${targets.map(({ schema }) => schema).join(', ')}`
}

/** Changes for people, one a line, and for `--json`. */
export function changeLines(
  changes: readonly Change[],
  lineOf: (schema: string | undefined) => string | undefined,
): { readonly text: string; readonly lines: readonly DifferenceLine[] } {
  return {
    text: changes.map((change) => `  ${oneLine(changeText(change))}`).join('\n'),
    lines: changes.map(({ verb, kind, name, schema, detail }) => ({
      ...{ event: 'difference', line: lineOf(schema) ?? null, schema: schema ?? null },
      ...{ verb, kind, name, detail },
    })),
  }
}

function pendingShown(pending: CheckResult['pending'], forked: boolean): readonly Shown[] {
  if (pending.length === 0) return []
  const rows = pending.map(({ line, revision, message }) => `  ${line} ${revision} ${oneLine(message)}`)
  const lines = pending.map(({ line, revision, message, targetSchema }) => ({
    event: 'pending' as const,
    ...{ line, targetSchema, revision, message },
  }))
  return [
    {
      text: `${countOf(pending.length, 'revision')} pending (just mig-upgrade${forked ? ' heads' : ''}):\n${rows.join('\n')}`,
      lines,
    },
  ]
}

function statusesShown(statuses: readonly LineStatus[], what: string): readonly Shown[] {
  if (statuses.length === 0) return []
  const names = statuses.map((status) => `${nameOf(status.target)} (${stateText(status)})`)
  const text = `${countOf(statuses.length, 'tenant')} ${what}: ${listText(names)}`
  return [{ text, lines: statuses.map(tenantLine) }]
}

/** What is said of one schema, and of tenants. */
interface Differing {
  readonly single: (drift: Drift) => string
  readonly tenants: (count: number) => string
}

function differences(
  drift: readonly Drift[],
  { tenantLine, sql }: Compared,
  what: Differing,
): readonly Shown[] {
  if (!sql) return drift.map((each) => differingShown(each, tenantLine, what))
  const shown = drift.flatMap(({ statements }) => statements)
  const told = new Set(shown.map(({ target }) => target))
  const rest = drift.flatMap(({ targets }) => targets).filter((target) => !told.has(target))
  const names = listText(rest.map(({ schema }) => schema))
  const remark = `${countOf(rest.length, 'more tenant')} ${what.tenants(rest.length)}; name them for theirs: --tenants ${names}`
  return [
    ...shown.map((statements) => sqlShown(statements, tenantLine)),
    ...(rest.length === 0 ? [] : [{ remark }]),
  ]
}

function sqlShown({ target, statements }: TargetStatements, tenantLine: string | null): Shown {
  const none = statements.length === 0 ? ['-- no statement is known for this difference'] : []
  const head = tenantLine === null ? [] : [`-- ${oneLine(target.schema)}`, ...none]
  const sql = [...head, ...statements.map((statement) => `${statement};`)].join('\n')
  return { text: sql, lines: [{ event: 'sql', sql }] }
}

function differingShown(drift: Drift, tenantLine: string | null, what: Differing): Shown {
  const { line, targets, changes } = drift
  const { text, lines } = changeLines(changes ?? [], () => line)
  if (tenantLine === null) return { text: `${targets[0]?.schema} ${what.single(drift)}:\n${text}`, lines }
  const title = `${countOf(targets.length, 'tenant')} ${what.tenants(targets.length)}: ${listText(targets.map(nameOf))}`
  return {
    text: changes === null ? title : `${title}\n${text}`,
    lines: targets.flatMap(({ schema }) => {
      // A tenant that is not looked at closely still has a line, so that its name is there.
      const unknown: Change = { verb: 'change', kind: 'schema', name: schema, schema, detail: '' }
      const told = changes === null || changes.length === 0 ? [unknown] : changes
      return changeLines(
        told.map((change) => ({ ...change, schema })),
        () => line,
      ).lines
    }),
  }
}

/** Edited files, and to which tenants they were applied before. */
function editedShown(edited: CheckResult['edited'], { tenantLine }: Compared): readonly Shown[] {
  if (edited.length === 0) return []
  const rows = edited.map(({ line, revision, path, targets }) =>
    tenantLine === null
      ? `  ${line} ${revision} ${oneLine(path)}`
      : `  ${line} ${revision} on ${countOf(targets.length, 'tenant')}: ${listText(targets.map(nameOf))}\n    ${path}`,
  )
  const lines = edited.map(({ line, revision, path, targets }) => ({
    ...{ event: 'edited' as const, line, revision, path },
    ...(tenantLine === null ? {} : { targetSchemas: targets.map(({ schema }) => schema) }),
  }))
  const text = `applied, and edited since (undo the edit, or write a new revision):\n${rows.join('\n')}`
  return [{ text, lines }]
}

function nameOf({ schema, shard }: TargetSchema): string {
  return shard === null ? schema : `${schema} on ${shard}`
}

const listText = (names: readonly string[]): string => namesText(names, 20)
