import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { type ImportedHistory, needsOf, type RevisionsById, reachedFrom, revisionsById } from '../history.ts'
import type { LineOfRevision } from './lines.ts'

/** What another tool's ledger says: the revisions that are applied, and the schema that its table is in. */
export interface ForeignLedger {
  readonly schema: string
  readonly table: string
  readonly revisions: readonly string[]
}

/** The rows that our ledger gets for one target schema. */
export interface AdoptedRows {
  readonly line: string
  readonly targetSchema: string
  readonly revisions: readonly string[]
  /** `schema.table` of the other tool's ledger. */
  readonly from: string
}

/**
 * Our ledger's rows for what other ledgers say. A single line takes the ledger that knows its revisions; a tenant
 * line takes one in each tenant's schema. Rows that Alembic leaves out, because another line's revision depends on
 * them, are added.
 * @throws MigError `unknown-version` for an id that no file has, `several-ledgers` when two could be meant.
 */
export function adoptedRows(
  history: ImportedHistory,
  lines: LineOfRevision,
  ledgers: readonly ForeignLedger[],
  env: Environment,
): readonly AdoptedRows[] {
  const byId = revisionsById(history.revisions)
  for (const ledger of ledgers) for (const id of ledger.revisions) checkKnown(id, ledger, history)
  const rows: AdoptedRows[] = []
  for (const line of env.lines) {
    if (![...lines.values()].includes(line.key)) continue
    const knowing = ledgers
      .map((ledger) => ({ ledger, heads: headsOf(ledger.revisions, line.key, lines, byId) }))
      .filter(({ heads }) => heads.length > 0)
    const chosen = line.schema === null ? knowing : oneOf(knowing, line.schema)
    for (const { ledger, heads } of chosen) {
      rows.push({
        line: line.key,
        targetSchema: line.schema ?? ledger.schema,
        revisions: heads,
        from: `${ledger.schema}.${ledger.table}`,
      })
    }
  }
  return rows
}

/** Every revision that other ledgers say is applied, with what it comes after. */
export function appliedRevisions(
  history: ImportedHistory,
  ledgers: readonly ForeignLedger[],
): ReadonlySet<string> {
  const byId = revisionsById(history.revisions)
  return withNeeds(
    ledgers.flatMap((ledger) => ledger.revisions),
    byId,
  )
}

function checkKnown(id: string, { schema, table }: ForeignLedger, history: ImportedHistory): void {
  if (history.revisions.some(({ revision }) => revision === id)) return
  throw new MigError(
    'unknown-version',
    `${schema}.${table} says that ${id} is applied, and no file of the import has it`,
    {
      help: 'restore the missing file from version control, or give the folder that has it, then import again',
      facts: { revision: id, table: `${schema}.${table}` },
    },
  )
}

interface Knowing {
  readonly ledger: ForeignLedger
  readonly heads: readonly string[]
}

/** The ledger of a single line: the one in its own schema, else the only one. */
function oneOf(knowing: readonly Knowing[], schema: string): readonly Knowing[] {
  const inSchema = knowing.filter(({ ledger }) => ledger.schema === schema)
  if (inSchema.length === 1) return inSchema
  if (knowing.length <= 1) return knowing
  const names = knowing.map(({ ledger }) => `${ledger.schema}.${ledger.table}`)
  throw new MigError('several-ledgers', `several ledger tables exist for ${schema}: ${names.join(', ')}`, {
    help: 'name the one that counts with --version-schema, or make the line a tenant line in env.ts',
    facts: { tables: names },
  })
}

/** The applied revisions of one line that no other applied one of it comes after. */
function headsOf(
  applied: readonly string[],
  key: string,
  lines: LineOfRevision,
  byId: RevisionsById,
): readonly string[] {
  const all = withNeeds(applied, byId)
  const ofLine = [...all].filter((id) => lines.get(id) === key)
  const inner = new Set(
    ofLine.flatMap((id) => {
      const revision = byId.get(id)
      return revision === undefined ? [] : [...withNeeds(resolve(needsOf(revision), byId), byId)]
    }),
  )
  return ofLine.filter((id) => !inner.has(id)).sort()
}

/** Revisions of the history with all that they come after. */
function withNeeds(start: readonly string[], byId: RevisionsById): ReadonlySet<string> {
  const needs = (id: string) => {
    const revision = byId.get(id)
    return revision === undefined ? [] : resolve(needsOf(revision), byId)
  }
  return new Set([...reachedFrom(start, needs)].filter((id) => byId.has(id)))
}

/** `depends_on` may name a branch label. */
function resolve(names: readonly string[], byId: RevisionsById): readonly string[] {
  return names.map((name) => {
    if (byId.has(name)) return name
    return [...byId.values()].find(({ branchLabels }) => branchLabels.includes(name))?.revision ?? name
  })
}
