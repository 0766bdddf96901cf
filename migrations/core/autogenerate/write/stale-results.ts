import {
  type Action,
  type Catalog,
  columnChange,
  idKey,
  type ObjectId,
  objectName,
  setExpressionSince,
} from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { routineFacts } from '../../postgres/statement/index.ts'
import { regexEscape } from '../../regex-escape.ts'

/** Something stored that a function's old body gave, and that stays so when the body changes. */
export interface StaleResult {
  /** `index app.i` */
  readonly object: string
  /** `app.slug(text)` */
  readonly routine: string
  /** Statements that bring it up to date. */
  readonly remedy: readonly string[]
}

type Facts = Catalog['facts']
type Fact = NonNullable<ReturnType<Facts['get']>>

/**
 * What a side's new function bodies leave behind: PostgreSQL computes no index, stored generated column, check, exclusion
 * constraint or materialized view again when a function that it calls is replaced (manual, CREATE INDEX, "Notes").
 * @param from the state that the side starts from
 */
export function staleResults(
  actions: readonly Action[],
  from: Pick<Catalog, 'facts' | 'serverVersion'>,
): readonly StaleResult[] {
  const renewed = new Set(actions.flatMap(renewedBy))
  const found = new Map<string, StaleResult>()
  for (const action of actions) {
    for (const id of replaced(action, from.facts)) {
      if (renewed.has(idKey(id))) continue
      for (const fact of dependentsOf(id, from.facts)) {
        const stale = renewed.has(idKey(fact.id)) ? undefined : staleResult(fact, from)
        if (stale !== undefined) found.set(stale.object, { ...stale, routine: objectName(id) })
      }
    }
  }
  return [...found.values()]
}

/** What an action drops, or computes again. */
function renewedBy(action: Action): readonly string[] {
  const { column, change } = columnChange(action) ?? {}
  if (column !== undefined && change?.kind === 'set expression') return [idKey(column)]
  return action.verb === 'drop' ? action.destroys.map(idKey) : []
}

/** The function that an action gives another body. */
function replaced({ sql, produces, consumes }: Action, facts: Facts): readonly ObjectId[] {
  if (routineFacts(sql) === undefined) return []
  return [...produces, ...consumes].filter((id) => {
    const old = id.kind === 'function' ? facts.get(id)?.payload.def : undefined
    return typeof old === 'string' && bodyOf(old) !== bodyOf(sql)
  })
}

function bodyOf(definition: string): string {
  return (/^(?:AS |BEGIN ATOMIC|RETURN )[\s\S]*$/m.exec(definition)?.[0] ?? definition).trim()
}

/** Whatever calls a function, through views and other functions too. */
function dependentsOf(routine: ObjectId, facts: Facts): readonly Fact[] {
  const found = new Map<string, Fact>()
  const open = [routine]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const callers = [...facts.incomingEdges(id).map(({ from }) => from), ...callersByText(id, facts)]
    for (const caller of callers) {
      const fact = facts.get(caller)
      if (fact === undefined || found.has(idKey(caller))) continue
      found.set(idKey(caller), fact)
      if (['function', 'view', 'materializedView'].includes(caller.kind)) open.push(caller)
    }
  }
  return [...found.values()]
}

/** Functions whose body is text: PostgreSQL records nothing of what they call. */
function callersByText(id: ObjectId, facts: Facts): readonly ObjectId[] {
  if (id.kind !== 'function') return []
  const name = regexEscape(id.name)
  const call = new RegExp(`(?<![\\w$])"?${name}"?\\s*\\(`, 'i')
  return facts.facts().flatMap((fact) => {
    const isOther = fact.id.kind === 'function' && idKey(fact.id) !== idKey(id)
    return isOther && call.test(bodyOf(String(fact.payload.def))) ? [fact.id] : []
  })
}

function staleResult(
  { id, parent, payload }: Fact,
  { serverVersion }: Pick<Catalog, 'serverVersion'>,
): Omit<StaleResult, 'routine'> | undefined {
  switch (id.kind) {
    case 'index':
      return {
        object: `index ${objectName(id)}`,
        remedy: [`REINDEX INDEX CONCURRENTLY ${qualifiedName(id.schema, id.name)}`],
      }
    case 'materializedView':
      return {
        object: `materialized view ${objectName(id)}`,
        remedy: [`REFRESH MATERIALIZED VIEW ${qualifiedName(id.schema, id.name)}`],
      }
    case 'column': {
      const expression = payload.generatedExpr
      if (typeof expression !== 'string' || expression.endsWith('/* virtual */')) return undefined
      const table = qualifiedName(id.schema, id.table)
      const canSet = Number.parseInt(serverVersion, 10) >= setExpressionSince
      const remedy = canSet
        ? `ALTER TABLE ${table} ALTER COLUMN ${quoteIdent(id.name)} SET EXPRESSION AS (${expression})`
        : `UPDATE ${table} SET ${quoteIdent(id.name)} = DEFAULT`
      return { object: `column ${objectName(id)}`, remedy: [remedy] }
    }
    case 'constraint': {
      const name = qualifiedName(id.schema, id.table)
      const constraint = quoteIdent(id.name)
      if (payload.type === 'x') {
        const index = qualifiedName(id.schema, id.name)
        return { object: `constraint ${objectName(id)}`, remedy: [`REINDEX INDEX ${index}`] }
      }
      const kind = parent?.kind === 'domain' ? 'DOMAIN' : 'TABLE'
      const head = `ALTER ${kind} ${name}`
      return {
        object: `${kind === 'DOMAIN' ? 'domain ' : ''}constraint ${objectName(id)}`,
        remedy: [
          `${head} DROP CONSTRAINT ${constraint}`,
          `${head} ADD CONSTRAINT ${constraint} ${String(payload.def)} NOT VALID`,
          `${head} VALIDATE CONSTRAINT ${constraint}`,
        ],
      }
    }
    default:
      return undefined
  }
}

/** The lines of a file's header about what is stale after the upgrade. */
export function staleNotes(
  upgrade: readonly StaleResult[],
  downgrade: readonly StaleResult[],
): readonly string[] {
  const notes = upgrade.flatMap((stale) => [
    `${capital(staleText(stale))}; to bring it up to date:`,
    ...stale.remedy.map((sql) => `  ${sql.replace(/\s+/g, ' ').replaceAll('*/', '* /')};`),
  ])
  return [
    ...notes,
    ...(downgrade.length === 0 ? [] : ['After a downgrade run the same: they keep what the new body gave.']),
  ]
}

/** `index app.i keeps what the old body of app.slug(text) gave` */
export function staleText({ object, routine }: StaleResult): string {
  return `${object} keeps what the old body of ${routine} gave`
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
