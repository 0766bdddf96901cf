import type { FoundHistory, ImportResult } from '../adopt/index.ts'
import { countOf } from './units.ts'

/** The other tool's tables are nobody's now, and would show as a difference from the models. */
function leftovers(tables: readonly string[], excluded: readonly string[]): readonly string[] {
  const names = [...new Set(tables)].filter((name) => !name.endsWith('.*') && !excluded.includes(name))
  if (names.length === 0) return []
  return [
    `next: drop ${names.join(', ')}, or name ${names.length === 1 ? 'it' : 'them'} in excludeTables of env.ts`,
  ]
}

interface ImportTextOptions {
  /** Tables that env.ts excludes. */
  readonly excluded: readonly string[]
  readonly verbose: boolean
  readonly tool: string
}

/** What was brought in, how it was proved, and what to do next. */
export function importText(result: ImportResult, { excluded, verbose, tool }: ImportTextOptions): string {
  const { files, irreversible, adopted, proof, recording, models = [] } = result
  const proofText = {
    equal: 'replayed on a scratch database: equal to the live one',
    runs: 'replayed on a scratch database: it runs; the live database has none of it to compare with',
    none: 'not proved',
  }[proof]
  const lines = [
    `${countOf(files.length, 'revision')} written`,
    ...(verbose ? files.map((file) => `  ${file}`) : []),
    proofText,
    ...models.map((file) => `${file} says what these revisions make`),
    ...(recording === undefined
      ? []
      : [`recorded in ${recording.seconds} s from the run of ${recording.tool} on an empty database`]),
    ...irreversibleLines(irreversible, verbose),
    ...adopted.map(
      ({ targetSchema, revisions, from }) =>
        `${targetSchema} is at ${revisions.join(', ')}${from.endsWith('.*') ? '' : `, as ${from} says`}`,
    ),
    ...(adopted.length === 0 ? ['nothing was adopted'] : []),
    ...leftovers(
      adopted.map(({ from }) => from),
      excluded,
    ),
    // A schema file is one revision that makes things and is not reverted.
    ...(tool === 'sql'
      ? []
      : [
          'these revisions do not say what they lose: mig-verify accepts that, but an upgrade or downgrade that drops rows gives no warning',
          'next: just mig-verify --announce adds the losses to their heads',
        ]),
  ]
  return lines.join('\n')
}

/** Revisions that nothing reverts, by reason. */
function irreversibleLines(irreversible: ImportResult['irreversible'], all: boolean): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const { file, reason } of irreversible) groups.set(reason, [...(groups.get(reason) ?? []), file])
  return [...groups].flatMap(([reason, files]) => [
    `${countOf(files.length, 'revision')} irreversible: ${reason}${files.length > 1 ? `, first ${files[0]}` : ` (${files[0]})`}`,
    ...(all && files.length > 1 ? files.map((file) => `  ${file}`) : []),
  ])
}

/** The histories that were found, and the tools that are known. @param tools by how their history is read */
export function importableText(
  found: readonly FoundHistory[],
  tools: { readonly recorded: readonly string[]; readonly read: readonly string[] },
): string {
  const lines = found.map(({ tool, path }) => `  just mig-import ${tool} ${path}`)
  return [
    ...(lines.length === 0 ? ['no history of another tool was found here'] : ['found here:', ...lines]),
    'tools that are run on an empty database and recorded:',
    `  ${tools.recorded.join(', ')}`,
    'tools whose files are read:',
    `  ${tools.read.join(', ')}; sql, a schema file`,
  ].join('\n')
}
