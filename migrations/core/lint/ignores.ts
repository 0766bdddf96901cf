import type { Finding } from './finding.ts'

/** An ignore comment of a revision file. */
interface Ignore {
  readonly rule: string
  readonly reason: string
  /** 1-based. */
  readonly line: number
}

/** `// mig-lint ignore <rule>: <reason>`, or with `--` in SQL; it counts for its whole file. */
function ignoresOf(source: string): readonly Ignore[] {
  return source.split('\n').flatMap((text, at) => {
    const match = /(?:\/\/|--|^\s*\*)\s*mig-lint ignore\s+([\w-]+)[ \t]*(?::[ \t]*(.*?))?[ \t\r]*$/.exec(text)
    return match === null ? [] : [{ rule: match[1] ?? '', reason: match[2] ?? '', line: at + 1 }]
  })
}

/**
 * Takes out of the findings of one revision what its file ignores with a reason, and adds what is wrong with the
 * ignores themselves: one without a reason ignores nothing, and one that ignores nothing is in the way.
 */
export function applyIgnores(
  findings: readonly Finding[],
  file: Pick<Finding, 'line' | 'revision'> & { readonly path: string },
  source: string,
): readonly Finding[] {
  const { line, revision, path } = file
  const ignores = ignoresOf(source)
  const counts = ignores.filter(({ reason }) => reason !== '')
  const left = findings.filter((finding) => !counts.some(({ rule }) => names(finding, rule)))
  const about = (at: number) => ({ line, revision, place: { file: path, line: at } })
  const bare = ignores
    .filter(({ reason }) => reason === '')
    .map(
      ({ rule, line: at }): Finding => ({
        ...about(at),
        rule: 'ignore-without-reason',
        level: 'error',
        message: `the ignore of ${rule} needs a reason`,
        help: `mig-lint ignore ${rule}: why it is safe here`,
      }),
    )
  const unused = counts
    .filter(({ rule }) => !findings.some((finding) => names(finding, rule)))
    .map(
      ({ rule, line: at }): Finding => ({
        ...about(at),
        rule: 'unused-ignore',
        level: 'warning',
        message: `the ignore of ${rule} is unused: no statement breaks the rule`,
        help: 'remove the comment',
      }),
    )
  return [...left, ...bare, ...unused]
}

function names({ rule, also = [] }: Finding, name: string): boolean {
  return rule === name || also.includes(name)
}
