import type { Client, ClientBase } from 'pg'
import { actionsFromNothing, type LivePart } from '../../autogenerate/index.ts'
import { readableSql } from '../../autogenerate/write/readable-sql.ts'
import { type Action, schemaOf } from '../../difference/index.ts'
import { excludedTables } from '../../environment/index.ts'
import type { FoundSchema } from './schemas.ts'

export interface ModelText {
  readonly name: string
  readonly text: string
}

/** A database as model files, and what makes it from nothing. */
export interface Exported {
  readonly texts: readonly ModelText[]
  readonly actions: readonly Action[]
}

/** What of a live database is exported. */
export interface ExportedPart extends Pick<LivePart, 'othersExtensions' | 'privileges' | 'surround'> {
  readonly schemas: readonly FoundSchema[]
  readonly excludeTables: readonly string[]
}

/**
 * The live schemas as model files: what it takes to make each from nothing, in an order that runs. What belongs to no
 * schema, an extension, goes to a file of its own.
 * @param empty a connection to an empty scratch database of the same server version
 */
export async function exportModels(
  live: ClientBase,
  empty: Client,
  { schemas, excludeTables, ...others }: ExportedPart,
): Promise<Exported> {
  const names = schemas.map(({ schema }) => schema)
  const excludes = excludedTables(excludeTables)
  const actions = await actionsFromNothing(live, empty, { schemas: names, excludes, ...others })
  const texts = new Map<string, string[]>(schemas.map(({ key }) => [key, []]))
  for (const action of actions) {
    const key = schemas.find(({ schema }) => schema === schemaOfAction(action))?.key ?? 'extensions'
    const list = texts.get(key) ?? []
    list.push(`${readableSql(action.sql)};`)
    texts.set(key, list)
  }
  const files = [...texts].map(([key, statements]) => {
    const schema = schemas.find((found) => found.key === key)?.schema
    const head = schema === undefined ? '-- Extensions, which belong to no schema.' : modelHead(schema)
    return { name: `${key}.sql`, text: `${[head, ...grouped(statements)].join('\n')}\n` }
  })
  return { texts: files, actions }
}

/** The first line of a model file. */
export function modelHead(schema: string): string {
  return `-- What schema ${schema} should be. After a change: just mig-autogen "what it is for"`
}

function schemaOfAction({ produces, consumes }: Action): string | undefined {
  for (const id of [...produces, ...consumes]) {
    const schema = schemaOf(id)
    if (schema !== undefined) return schema
  }
  return undefined
}

/** A blank line before each statement that makes something, and none before what goes on with it. */
function grouped(statements: readonly string[]): readonly string[] {
  return statements.flatMap((statement) =>
    /^(ALTER|COMMENT|CREATE( UNIQUE)? INDEX)\b/.test(statement) && !statement.includes('\n')
      ? [statement]
      : ['', statement],
  )
}
