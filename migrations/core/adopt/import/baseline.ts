import { actionsFromNothing, adoptedIsFinal } from '../../autogenerate/index.ts'
import { readableSql } from '../../autogenerate/write/readable-sql.ts'
import { type Environment, type Excludes, excludedObjects, excludedTables } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { Session } from '../../runner/index.ts'
import type { BodyPart, ImportedHistory, ImportedRevision } from '../history.ts'
import { grantsIn, someOf } from '../init/grants.ts'
import { surroundFrom } from '../others.ts'
import { appliedRevisions, type ForeignLedger } from './applied.ts'
import type { LineOfRevision } from './lines.ts'
import { withScratch } from './replay.ts'

export interface BaselineRequest {
  readonly session: Session
  readonly env: Environment
  readonly ledgers: readonly ForeignLedger[]
  readonly ignoreTables: readonly string[]
}

/**
 * A history whose applied revisions have their SQL from the live database: in each line the first one makes it all and
 * the others do nothing. Ids, parents, labels and messages stay; none of them can be reverted any more. What is not
 * applied yet stays as it is.
 * @throws MigError `nothing-applied` where the other tool's ledger has no row; `tenant-baseline` for a tenant line.
 */
export async function withBaseline(
  history: ImportedHistory,
  lines: LineOfRevision,
  request: BaselineRequest,
): Promise<ImportedHistory> {
  const applied = appliedRevisions(history, request.ledgers)
  if (applied.size === 0) throw nothingApplied()
  warnOfRows(history, applied, request.session)
  await warnOfGrants(request)
  const firsts = new Map<string, string>()
  // Parents come first in an imported history.
  for (const { revision } of history.revisions) {
    const key = lines.get(revision) ?? ''
    if (applied.has(revision) && !firsts.has(key)) firsts.set(key, revision)
  }
  const bodies = new Map<string, readonly BodyPart[]>()
  for (const [key, first] of firsts) {
    const schemas = schemasOf(key, history, [...firsts.keys()], applied, request.env)
    bodies.set(first, [{ kind: 'sql', sql: (await liveStatements(schemas, request)).join('\n\n') }])
  }
  const revisions = history.revisions.map((revision): ImportedRevision => {
    const id = revision.revision
    if (!applied.has(id)) return revision
    const first = firsts.get(lines.get(id) ?? '')
    const isBase = revision.downRevision === null && first !== undefined && id !== first
    return {
      ...revision,
      dependsOn: isBase ? [...new Set([...revision.dependsOn, first])] : revision.dependsOn,
      upgrade: bodies.get(id) ?? [],
      downgrade: null,
      irreversible: adoptedIsFinal,
      notes: [
        id === first
          ? 'Baseline: what the live database had when this history was imported.'
          : `What it did is part of the baseline, ${first}.`,
      ],
    }
  })
  return { ...history, revisions }
}

/** The line's own schema, and other schemas of the project that the history names and that have no line of it. */
function schemasOf(
  key: string,
  history: ImportedHistory,
  keys: readonly string[],
  applied: ReadonlySet<string>,
  env: Environment,
): readonly string[] {
  const schema = env.schemas[key]
  if (schema === undefined) {
    throw new MigError('tenant-baseline', `${key} is a tenant line, and a baseline is of one schema`, {
      help: 'import it with its own SQL: recorded, or --offline-sql',
      exitCode: exitCodes.decisionNeeded,
    })
  }
  const text = JSON.stringify(history.revisions.filter(({ revision }) => applied.has(revision)))
  const others = Object.entries(env.schemas).flatMap(([other, name]) =>
    other !== key && !keys.includes(other) && text.includes(name) ? [name] : [],
  )
  return [schema, ...others]
}

async function liveStatements(
  schemas: readonly string[],
  { session, env, ignoreTables }: BaselineRequest,
): Promise<readonly string[]> {
  return withScratch(session, env, async (empty) => {
    const excludes = leftOut(env, ignoreTables)
    const surround = surroundFrom(session.client, empty, env)
    const actions = await actionsFromNothing(session.client, empty, { schemas, excludes, surround })
    return actions.map(({ sql }) => `${readableSql(sql)};`)
  })
}

function warnOfRows({ revisions }: ImportedHistory, applied: ReadonlySet<string>, { emit }: Session): void {
  const inserting = revisions.filter(
    (revision) =>
      applied.has(revision.revision) && /insert/i.test(revision.text ?? JSON.stringify(revision.upgrade)),
  )
  if (inserting.length === 0) return
  emit({
    event: 'warning',
    code: 'baseline-without-rows',
    message: `rows that applied revisions inserted are not in the baseline: ${inserting.length === 1 ? '' : `${inserting.length} files, first `}${inserting[0]?.source}`,
    help: 'if a new database needs them, write a revision that inserts them: just mig-revision "seed"',
  })
}

/** The tables of the other tool, and what the project excludes. */
function leftOut({ options }: Environment, ignoreTables: readonly string[]): Excludes {
  const [ofOtherTool, ofProject] = [excludedTables(ignoreTables), excludedObjects(options)]
  return (object) => ofOtherTool(object) || ofProject(object)
}

async function warnOfGrants({ session, env, ignoreTables }: BaselineRequest): Promise<void> {
  const place = { schemas: Object.values(env.schemas), excludes: leftOut(env, ignoreTables) }
  const { objects, roles } = await grantsIn(session.client, place)
  if (objects === 0) return
  session.emit({
    event: 'warning',
    code: 'baseline-without-grants',
    message: `grants are not in the baseline: those of ${objects === 1 ? 'one object' : `${objects} objects`}, which concern ${someOf(roles)}`,
    help: 'if a new database needs them, write a revision that grants them: just mig-revision "grants"',
  })
}

function nothingApplied(): MigError {
  return new MigError('nothing-applied', 'the database has no revision of this history for a baseline', {
    help: 'name the database that the other tool migrated: MIG_DATABASE_URL=…; or omit --baseline',
  })
}
