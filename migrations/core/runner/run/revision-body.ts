import { readFileSync } from 'node:fs'
import { parseDuration } from '../../environment/duration.ts'
import { compileTogether, loadModule } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { Operations } from '../../operations/index.ts'
import { lineAndColumn, splitStatements } from '../../postgres/index.ts'
import {
  type PlainStatements,
  plainStatements,
  type RevisionFile,
  readSqlRevision,
  type SchemaNames,
} from '../../revisions/index.ts'
import { readSource } from '../../source-file.ts'
import { fileChecksum } from '../project.ts'
import { statementKind } from '../statement/statement-kind.ts'

/** What one `op.execute` of a revision runs, or one statement of a `.sql` file, where the revision is nothing else. */
export interface KnownStatement {
  readonly sql: string
  /** An error over it with its place in the file, where that can be told. */
  readonly placed: (error: unknown) => unknown
}

/** What a revision file does, ready to run. */
export interface RevisionBody {
  readonly upgrade: (op: Operations) => Promise<void>
  readonly downgrade: (op: Operations) => Promise<void>
  /** Whether the file has the function or section. */
  readonly has: (side: 'upgrade' | 'downgrade') => boolean
  /** The statements that a side is, where it is nothing else. */
  readonly statements: (
    side: 'upgrade' | 'downgrade',
    names: SchemaNames,
  ) => readonly KnownStatement[] | undefined
  /** Milliseconds, where the revision says it: `export const lockTimeout = '2s'`. */
  readonly lockTimeout?: number
  readonly statementTimeout?: number
}

/**
 * Loads a revision's `upgrade` and `downgrade`.
 *
 * In an SQL revision a statement that PostgreSQL runs in no transaction (CREATE INDEX CONCURRENTLY, VACUUM …) is
 * taken out of it by itself, as `op.autocommit` does; `-- lockTimeout: 2s` in its header sets a timeout.
 * @throws MigError `bad-module` when the file does not load, `no-upgrade` or `no-downgrade` when it lacks the
 *   function, `bad-duration`.
 */
export async function loadRevision(file: RevisionFile, cacheDir: string): Promise<RevisionBody> {
  return withoutCompiling(file) ?? (await moduleRevision(file, cacheDir))
}

/** As `loadRevision`, for many: what has to be compiled is compiled together. @returns by path */
function loadRevisions(
  files: readonly RevisionFile[],
  cacheDir: string,
): ReadonlyMap<string, Promise<RevisionBody>> {
  const read = files.map((file) => ({ file, body: tried(() => withoutCompiling(file)) }))
  const modules = read.flatMap(({ file, body }) => (body === undefined ? [file.path] : []))
  const compiled = compileTogether(modules, cacheDir)
  return new Map(
    read.map(({ file, body }) => [file.path, body ?? compiled.then(() => moduleRevision(file, cacheDir))]),
  )
}

export type RevisionSource = ReturnType<typeof revisionSource>

/**
 * The revision files of one run: each is read and imported once, however many target schemas it is applied to.
 * @param cacheDir where compiled files are kept
 */
export function revisionSource(cacheDir: string) {
  const checksums = new Map<string, string>()
  const bodies = new Map<string, Promise<RevisionBody>>()
  /** SHA-256 of the file, hex. */
  const checksum = (file: RevisionFile): string => {
    const known = checksums.get(file.path) ?? fileChecksum(file.path)
    checksums.set(file.path, known)
    return known
  }
  const keep = (file: RevisionFile, loading: Promise<RevisionBody>) => {
    const body = loading.then((loaded) => {
      // Of the text that runs, also where somebody edits the file before its turn.
      checksum(file)
      return loaded
    })
    bodies.set(file.path, body)
    return body
  }
  return {
    checksum,
    /** @throws MigError as `loadRevision` does */
    load: (file: RevisionFile): Promise<RevisionBody> =>
      bodies.get(file.path) ?? keep(file, loadRevision(file, cacheDir)),
    /** Begins to load what will be needed soon, all together; an error is told by `load`. */
    prepare(files: readonly RevisionFile[]) {
      const unknown = files.filter(({ path }) => !bodies.has(path))
      const loading = loadRevisions(unknown, cacheDir)
      for (const file of unknown) {
        const body = loading.get(file.path)
        if (body !== undefined) keep(file, body).catch(() => undefined)
      }
    },
  }
}

/** What a function gives, as a promise. */
function tried<Value>(make: () => Value | undefined): Promise<Value> | undefined {
  try {
    const value = make()
    return value === undefined ? undefined : Promise.resolve(value)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** A revision that can be run as it is read. */
function withoutCompiling(file: RevisionFile): RevisionBody | undefined {
  if (file.format === 'sql') return sqlRevision(file)
  const plain = plainStatements(readSource(file.path))
  return plain === undefined ? undefined : plainRevision(file, plain)
}

async function moduleRevision(file: RevisionFile, cacheDir: string): Promise<RevisionBody> {
  const module = await loadModule(file.path, cacheDir)
  return {
    upgrade: (op) => callExport(file, module, 'upgrade', op),
    downgrade: (op) => callExport(file, module, 'downgrade', op),
    has: (side) => typeof module[side] === 'function',
    statements: () => undefined,
    ...timeouts((name) => module[name]),
  }
}

function plainRevision(file: RevisionFile, { bodies, constants }: PlainStatements): RevisionBody {
  const run = async (name: 'upgrade' | 'downgrade', op: Operations) => {
    const texts = bodies.get(name)
    if (texts === undefined) throw missingSide(file, name)
    for (const text of texts) await op.execute(text(op))
  }
  return {
    upgrade: (op) => run('upgrade', op),
    downgrade: (op) => run('downgrade', op),
    has: (side) => bodies.has(side),
    statements: (side, names) =>
      bodies.get(side)?.map((text) => ({ sql: text(names), placed: (error) => error })),
    ...timeouts((name) => constants.get(name)),
  }
}

async function callExport(
  file: RevisionFile,
  module: Readonly<Record<string, unknown>>,
  name: 'upgrade' | 'downgrade',
  op: Operations,
): Promise<void> {
  const body = module[name]
  if (typeof body !== 'function') throw missingSide(file, name)
  await body(op)
}

function sqlRevision(file: RevisionFile): RevisionBody {
  const text = readFileSync(file.path, 'utf8')
  const sections = readSqlRevision(text)
  const firstLine = Math.min(
    sections.upgradeLine ?? Number.POSITIVE_INFINITY,
    sections.downgradeLine ?? Number.POSITIVE_INFINITY,
  )
  const head = text.split('\n', firstLine - 1).join('\n')
  const statements = (name: 'upgrade' | 'downgrade') => {
    const section = sections[name]
    if (section === null) return undefined
    const line = sections[`${name}Line`] ?? 1
    return splitStatements(section).map(({ text: sql, start }) => ({
      sql,
      placed: (error: unknown) => placedInFile(error, sql, { section, start, line }),
    }))
  }
  const run = async (name: 'upgrade' | 'downgrade', op: Operations) => {
    const all = statements(name)
    if (all === undefined) throw missingSide(file, name)
    for (const { sql, placed } of all) {
      const { kind } = statementKind(sql)
      const inTransaction = kind === 'plain' || kind === 'transaction' || kind === 'refused'
      try {
        await (inTransaction ? op.execute(sql) : op.autocommit(() => op.execute(sql)))
      } catch (error) {
        throw placed(error)
      }
    }
  }
  return {
    upgrade: (op) => run('upgrade', op),
    downgrade: (op) => run('downgrade', op),
    has: (side) => sections[side] !== null,
    statements,
    ...timeouts((name) => new RegExp(`^--[ \\t]*${name}:[ \\t]*(\\S.*?)[ \\t\\r]*$`, 'm').exec(head)?.[1]),
  }
}

/**
 * Adds the line and the column of the file to an error over a statement of it: of the place in the statement, else of
 * its first character.
 * @param at the section that the statement is in, its offset there, and the line of the file that the section begins on
 */
function placedInFile(
  error: unknown,
  sql: string,
  at: { readonly section: string; readonly start: number; readonly line: number },
): unknown {
  if (!(error instanceof MigError) || error.place?.file === undefined) return error
  const { place } = error
  const offset = place.statement?.length === sql.length ? (place.position ?? 0) : 0
  const { line, column } = lineAndColumn(at.section, at.start + offset)
  return error.with({ place: { ...place, line: at.line + line - 1, column } })
}

function timeouts(read: (name: string) => unknown): Pick<RevisionBody, 'lockTimeout' | 'statementTimeout'> {
  const entries = ['lockTimeout', 'statementTimeout'].flatMap((name) => {
    const value = read(name)
    return value === undefined
      ? []
      : [
          [
            name,
            parseDuration(typeof value === 'object' ? JSON.stringify(value) : String(value), name),
          ] as const,
        ]
  })
  return Object.fromEntries(entries)
}

/**
 * Refuses a downgrade of several steps before the first of them, where the file of a later one has no downgrade.
 * @throws MigError `no-downgrade`, and as `loadRevision` does
 */
export async function expectDowngrades(
  steps: readonly { readonly file: RevisionFile; readonly direction: 'upgrade' | 'downgrade' }[],
  load: (file: RevisionFile) => Promise<RevisionBody>,
): Promise<void> {
  for (const { file, direction } of steps) {
    if (direction !== 'downgrade') continue
    if (!(await load(file)).has(direction)) throw missingSide(file, direction)
  }
}

function missingSide(file: RevisionFile, name: 'upgrade' | 'downgrade'): MigError {
  const what = file.format === 'sql' ? `-- ${name} section` : `exported function ${name}`
  const code = name === 'upgrade' ? 'no-upgrade' : 'no-downgrade'
  const noWayBack =
    name === 'upgrade' ? '' : '; if it cannot be reverted, write irreversible with the reason instead'
  return new MigError(code, `revision ${file.revision} has no ${what}`, {
    help: `add it; it may be empty if there is nothing to do${noWayBack}: just mig-edit ${file.revision}`,
    place: { file: file.path },
    exitCode: exitCodes.stepFailed,
  })
}
