import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { exitCodes, MigError } from '../errors.ts'
import { wordsOf } from '../postgres/sql/words.ts'

export interface SquawkViolation {
  readonly rule: string
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly help: string | null
  /** The key of the statements, and the index in them. */
  readonly revision: string
  readonly statement: number
}

/**
 * Rules about what the runner does: each revision is a transaction that leaves nothing half done, timeouts are set
 * for every session, and what cannot run in a transaction does not.
 */
const doneByTheRunner = [
  'prefer-robust-stmts',
  'require-lock-timeout',
  'require-statement-timeout',
  'ban-concurrent-index-creation-in-transaction',
  'transaction-nesting',
]

/** What squawk says of a statement that its parser does not know. All statements have run on a server: none is wrong. */
export const unreadRule = 'syntax-error'

interface SquawkLine {
  readonly file: string
  readonly rule_name: string
  readonly level: string
  readonly message: string
  readonly help: string | null
  /** 0-based. */
  readonly line: number
}

/**
 * Runs squawk's rules on the statements of revisions, as they ran; each revision is a file of its own.
 * @param revisions id → statements
 * @param major the server's version
 * @param root the project folder, where squawk is looked for first
 * @throws MigError `no-squawk` where it is not installed, `squawk-failed` when the program does not run
 */
export async function squawk(
  revisions: ReadonlyMap<string, readonly string[]>,
  major: number,
  root: string,
): Promise<readonly SquawkViolation[]> {
  const sources = [...revisions].filter(([, statements]) => statements.length > 0)
  if (sources.length === 0) return []
  const program = installedSquawk(root)
  const folder = await mkdtemp(join(tmpdir(), 'just-mig-lint-'))
  try {
    const config = join(folder, 'squawk.toml')
    const files = sources.map(([revision, statements], at) => ({
      revision,
      texts: statements.map(squawkText),
      path: join(folder, `${at}.sql`),
    }))
    // A config of the user's own is for their files; ours keeps the answer the same everywhere.
    await writeFile(config, '')
    const { execa } = await import('execa')
    // Squawk applies no rule to a file that it cannot read: without the statements that it does not know, it does.
    for (const unread = new Map(files.map(({ revision }) => [revision, new Set<number>()])); ; ) {
      for (const { path, texts, revision } of files)
        await writeFile(
          path,
          texts.map((text, at) => (unread.get(revision)?.has(at) ? blank(text) : text)).join(''),
        )
      // Squawk takes a folder's files by a pattern, so that a long history is not a long command line.
      const { stdout, stderr } = await execa(
        process.execPath,
        [
          ...[program, '--reporter', 'json', '--config', config, '--no-error-on-unmatched-pattern'],
          ...['--pg-version', `${major}.0`, '--exclude', doneByTheRunner.join(','), '*.sql'],
        ],
        { reject: false, cwd: folder },
      )
      const lines = parsed(stdout, stderr)
      const all = files.flatMap(({ revision, texts, path }) => {
        const ofFile = lines.filter(({ file }) => basename(file) === basename(path))
        return violations(ofFile, texts).map((violation) => ({ ...violation, revision }))
      })
      const misread = all.filter(
        ({ rule, revision, statement }) => rule === unreadRule && !unread.get(revision)?.has(statement),
      )
      for (const { revision, statement } of misread) unread.get(revision)?.add(statement)
      if (misread.length > 0) continue
      const unreadViolations = [...unread].flatMap(([id, at]) =>
        [...at].map((each) => unreadStatement(id, each)),
      )
      return [...all.filter(({ rule }) => rule !== unreadRule), ...unreadViolations]
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Not installed with this package: only the linter needs it, and its program is larger than the rest. */
function installedSquawk(root: string): string {
  try {
    return createRequire(import.meta.url).resolve('squawk-cli/js/bin/squawk', {
      // Not `import.meta.dirname`, which a build of the scripts does not have.
      paths: [root, fileURLToPath(new URL('.', import.meta.url))],
    })
  } catch (cause) {
    throw new MigError('no-squawk', "mig-lint uses squawk's rules, and squawk is not installed", {
      help: 'npm install --save-dev squawk-cli@2.61.0',
      cause,
    })
  }
}

function violations(
  lines: readonly SquawkLine[],
  texts: readonly string[],
): readonly Omit<SquawkViolation, 'revision'>[] {
  const ends = texts.reduce<number[]>((sums, text) => {
    sums.push((sums.at(-1) ?? 0) + text.split('\n').length - 1)
    return sums
  }, [])
  return lines.map(({ rule_name, level, message, help, line }) => ({
    rule: rule_name,
    level: level === 'Error' ? 'error' : 'warning',
    message,
    help,
    statement: ends.findIndex((end) => line < end),
  }))
}

function unreadStatement(revision: string, statement: number): SquawkViolation {
  const message = 'squawk cannot parse this statement, which PostgreSQL runs: only its locks were checked.'
  return { rule: unreadRule, level: 'warning', message, help: null, revision, statement }
}

/** As many lines, with nothing on them. */
function blank(text: string): string {
  return text.replace(/[^\n]+/g, '')
}

function parsed(stdout: string, stderr: string): readonly SquawkLine[] {
  try {
    return JSON.parse(stdout) as readonly SquawkLine[]
  } catch (cause) {
    throw new MigError(
      'squawk-failed',
      `squawk did not run: ${stderr.trim() || stdout.trim() || 'no output'}`,
      {
        help: 'install it with the optional packages: npm ci --include=optional',
        exitCode: exitCodes.stepFailed,
        cause,
      },
    )
  }
}

/** A statement for squawk, with its semicolon, on a line of its own where a comment ends the text. */
function squawkText(sql: string): string {
  const text = withJoinedStrings(sql.trimEnd())
  if (text.endsWith(';')) return `${text}\n`
  return text.includes('--', text.lastIndexOf('\n') + 1) ? `${text}\n;\n` : `${text};\n`
}

const escapeOrContinuation =
  /\\[\s\S]|''|'[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/g

/**
 * A string E'…' that continues on another line in one piece: squawk takes a backslash in the continuation for a plain
 * character, and so a quote after it for the end of the string, after which it misreads all that follows.
 */
function withJoinedStrings(sql: string): string {
  const parts: string[] = []
  let from = 0
  for (const { kind, start, end, text } of wordsOf(sql)) {
    if (kind !== 'quoted' || !/^e'/i.test(text)) continue
    const inner = text
      .slice(2, -1)
      .replace(escapeOrContinuation, (found) => (/^(?:\\|''$)/.test(found) ? found : ''))
    parts.push(sql.slice(from, start), text.slice(0, 2), inner, text.slice(-1))
    from = end
  }
  return [...parts, sql.slice(from)].join('')
}
