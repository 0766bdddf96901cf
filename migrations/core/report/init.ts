import type { InitResult } from '../adopt/index.ts'
import type { Change } from '../change.ts'
import type { InitLine } from './json-made.ts'

/** What was set up, and what to do next. */
export function initText(result: InitResult): string {
  const { files, schemas, adopted, isFilled, ledgers, histories, others, models } = result
  const ledger = ledgers.find(({ tool }) => tool !== undefined)
  const { changes = [], tablesFilter = [] } = models ?? {}
  const isEqual = changes.length === 0
  const [history] = histories.filter(({ tool }) => ledger === undefined || tool === ledger.tool)
  const importing = `just mig-import ${ledger?.tool ?? history?.tool} ${history?.path ?? 'DIR'}`
  const keys = files.some((file) => file.endsWith('mig.just'))
    ? ''
    : ` ${schemas.map(({ key }) => key).join(',')}`
  const first = isFilled
    ? `just mig-autogen "baseline"${keys} --adopt`
    : `${models === undefined ? 'write the models, then ' : ''}just mig-autogen "first tables"${keys}`
  const next =
    adopted.length > 0
      ? isEqual
        ? 'just mig-check'
        : 'just mig-check shows each difference; put what only the database has into an SQL model, or exclude it; then just mig-autogen "what the models have"'
      : ledger !== undefined
        ? importing
        : history === undefined
          ? first
          : `${importing} for the history that is here, or ${first}`
  return [
    ...files.map((file) => `wrote ${file}`),
    `schemas: ${schemas.map(({ key, schema }) => `${key} = ${schema}`).join(', ')}`,
    ...(others.length === 0 ? [] : [`skipped, owned by others: ${others.join(', ')}`]),
    ...(models === undefined ? [] : [`models: ${models.what}`]),
    ...(models?.needed === undefined
      ? []
      : [`${models.needed} has what the models refer to and cannot declare, so that they load`]),
    ...adopted.map(
      ({ targetSchema, revisions }) =>
        `${targetSchema} is at ${revisions.join(', ')}: equal to the live database`,
    ),
    ...(adopted.length === 0 ? ['no first revision was written'] : []),
    ...(tablesFilter.length === 0
      ? []
      : [
          `not imported: tablesFilter (${tablesFilter.join(', ')}); list the tables of others in excludeTables of env.ts`,
        ]),
    ...(isEqual ? [] : ['the live database differs from the models:', ...byKind(changes)]),
    ...(models?.problem === undefined ? [] : [`the models do not load yet: ${models.problem.message}`]),
    `next: ${models?.problem?.help ?? next}`,
  ].join('\n')
}

/** As {@link initText}, for `--json`. */
export function initLine({ files, schemas, adopted, others, models }: InitResult): InitLine {
  const differences = (models?.changes ?? []).map(({ verb, kind, name }) => ({ verb, kind, name }))
  return { event: 'init', files, schemas, adopted, others, models: models?.what ?? null, differences }
}

const sides: readonly (readonly [verb: Change['verb'], words: string])[] = [
  ['drop', 'only in the database'],
  ['add', 'only in the models'],
  ['change', 'different'],
  ['rename', 'with another name'],
]

/** Changes that lead from a database to models as a summary: for each side, how many of each kind, and which. */
export function byKind(changes: readonly Change[]): readonly string[] {
  return sides.flatMap(([verb, words]) => {
    const own = changes.filter((change) => change.verb === verb)
    const kinds = [...new Set(own.map(({ kind }) => kind))].toSorted()
    return kinds.map((kind) => {
      const names = own.flatMap((change) => (change.kind === kind ? [change.name] : []))
      const shown = names.slice(0, 5).join(', ')
      return `  ${words}: ${names.length} ${kind}${names.length === 1 ? '' : 's'} (${shown}${names.length > 5 ? ', …' : ''})`
    })
  })
}
