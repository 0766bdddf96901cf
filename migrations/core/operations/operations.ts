import type { ClientBase, QueryResult } from 'pg'
import { MigError } from '../errors.ts'
import { quoteIdent } from '../postgres/sql/quote.ts'
import { type DirectiveOperations, directiveActs, type ReverseOperations, toldOnce } from './acts.ts'
import type { BackfillResult, BackfillSpec, OperationsContext, StatementSink } from './contract.ts'
import { type GrantedObjects, keepGrantsSql, restoreGrantsSql } from './kept-grants.ts'
import { type SafeOperations, safeOperations } from './safe/index.ts'
import { ident, literal, type SqlText, sql, statementOf } from './sql-text.ts'

/** What every `op` has besides the directives. */
export interface BaseOperations {
  /**
   * Run one or more statements. A string goes to the server as it is; `` op.execute(op.sql`… ${value}`) `` binds its
   * values, and is a single statement. In a script (`--sql`) the values are literals.
   */
  execute(statement: string | SqlText): Promise<QueryResult>
  /** A tagged template whose values are bound. */
  readonly sql: typeof sql
  /** A name inside `op.sql`, quoted; several are joined with dots. */
  readonly ident: typeof ident
  /** A value inside `op.sql` as a literal, for places that take no parameter. */
  readonly literal: typeof literal
  /** The quoted name of the target schema. */
  readonly schema: string
  /** The name of the target schema as it is. */
  readonly schemaName: string
  /** The quoted names of the single lines' schemas, by schema key. */
  readonly schemas: Readonly<Record<string, string>>
  /** True while a script is written instead of run. */
  readonly isOffline: boolean
  /** The connection, for what needs to read; throws MIG-offline in a script. */
  readonly client: ClientBase
  /** The `-x key=value` arguments that the environment declares. */
  readonly x: OperationsContext['x']
  /** Run `body` outside the revision's transaction; a rerun skips what is done. */
  autocommit<T>(body: () => Promise<T>): Promise<T>
  /**
   * Run `body`, which drops objects and makes them again, and give them back the owner and the grants that they have
   * in this database.
   */
  keepGrants<T>(objects: GrantedObjects, body: () => Promise<T>): Promise<T>
  /** Update a large table in batches, each its own transaction; a rerun continues. */
  backfill(spec: BackfillSpec): Promise<BackfillResult>
}

/** The `op` of a revision. */
export interface Operations extends BaseOperations, DirectiveOperations {
  /** What reverts each directive: `op.reverse.createTable('agents', agents)` undoes `op.createTable('agents', agents)`; docs/reference/operations.md says what it cannot. */
  readonly reverse: ReverseOperations
  /** The forms that keep a table usable while they run. */
  readonly safe: SafeOperations
}

/** The `op` that writes to `sink`. */
export function operations(sink: StatementSink, context: OperationsContext): Operations {
  const nestable = nestableSink(sink)
  // Into the base, not the other way: a copy would read `client`, which throws while a script is written.
  const op = Object.assign(baseOperations(nestable, context), directiveActs(nestable, context, 'forward'))
  defineLate(op, 'reverse', () => directiveActs(nestable, context, 'reverse'))
  defineLate(op, 'safe', () => safeOperations(nestable, context))
  return op as Operations
}

/** A property that is made when it is read for the first time: most revisions never do. */
function defineLate(object: object, name: string, make: () => object): void {
  let made: object | undefined
  const get = () => {
    made ??= make()
    return made
  }
  Object.defineProperty(object, name, { enumerable: true, get })
}

/** The sink with `autocommit` inside `autocommit` as one. */
function nestableSink(sink: StatementSink): StatementSink {
  let depth = 0
  return {
    offline: sink.offline,
    execute: (statement) => sink.execute(statement),
    backfill: (spec) => sink.backfill(spec),
    get client() {
      return sink.client
    },
    async autocommit(body) {
      if (depth > 0) return await body()
      depth += 1
      try {
        return await sink.autocommit(body)
      } finally {
        depth -= 1
      }
    },
  }
}

function baseOperations(sink: StatementSink, context: OperationsContext): BaseOperations {
  return {
    execute: toldOnce(
      async (statement: string | SqlText) =>
        await sink.execute(
          typeof statement === 'string' ? { sql: statement } : statementOf(statement, sink.offline),
        ),
    ),
    sql,
    ident,
    literal,
    schema: quoteIdent(context.schema),
    schemaName: context.schema,
    schemas: quotedSchemas(context.schemas),
    isOffline: sink.offline,
    get client() {
      return sink.client
    },
    x: context.x,
    autocommit: toldOnce((body) => sink.autocommit(body)) as StatementSink['autocommit'],
    keepGrants: async (objects, body) => {
      await sink.execute({ sql: keepGrantsSql(objects) })
      const made = await body()
      await sink.execute({ sql: restoreGrantsSql(objects) })
      return made
    },
    backfill: toldOnce((spec: BackfillSpec) => sink.backfill(spec)),
  }
}

/** An unknown key is a typo that would otherwise write `undefined` into the SQL. */
function quotedSchemas(schemas: OperationsContext['schemas']): Readonly<Record<string, string>> {
  const quoted = Object.fromEntries(Object.entries(schemas).map(([key, name]) => [key, quoteIdent(name)]))
  return new Proxy(quoted, {
    get(known, key, receiver) {
      // Whoever prints or awaits the record asks for these two.
      if (key === 'toJSON' || key === 'then' || typeof key === 'symbol' || Object.hasOwn(known, key))
        return Reflect.get(known, key, receiver)
      throw new MigError('unknown-schema', `op.schemas has no ${key}: no single line has this schema key`, {
        help: `use one of ${Object.keys(known).join(', ')}`,
        facts: { key, known: Object.keys(known) },
      })
    },
  })
}
