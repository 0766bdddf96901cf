import type { Client, ClientBase } from 'pg'
import {
  type Action,
  type Catalog,
  liveGlobals,
  objectName,
  outsideReferences,
  outsideTexts,
  readCatalog,
  viewedIn,
} from '../../difference/index.ts'
import type { Excludes } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { searchScope, searchStatements } from './search.ts'

/** What is taken from a live database. */
export interface LivePart {
  readonly schemas: readonly string[]
  readonly excludes: Excludes
  /** Schemas of others, of which the scratch database has what is referred to. */
  readonly others?: readonly string[]
  /** Owners and grants too. Default: false. */
  readonly privileges?: boolean
  /** Extensions that are left to others. */
  readonly othersExtensions?: readonly string[]
  /** Makes there what texts of SQL refer to and others own, and gives the schemas of that. */
  readonly surround?: (texts: readonly string[]) => Promise<readonly string[]>
}

/**
 * The actions that make schemas of a live database from nothing, in an order that PostgreSQL has run, with the
 * extensions of the database. Columns come to stand in their live order.
 * @param empty on an empty scratch database of the same server version; it has the schemas afterwards
 * @throws MigError `schema-outside` for a reference to a schema that is not among them; what `searchStatements` throws
 */
export async function actionsFromNothing(
  live: ClientBase,
  empty: Client,
  { schemas, excludes, others = [], othersExtensions = [], privileges = false, surround }: LivePart,
): Promise<readonly Action[]> {
  for (const schema of schemas) await empty.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
  const to = await readCatalog(live)
  let from = await readCatalog(empty)
  const globals = new Set(
    [...liveGlobals(from, to, schemas)].filter(
      (name) => !othersExtensions.some((extension) => name === `extension ${extension}`),
    ),
  )
  const scope = searchScope({ schemas, excludes: withSequences(to, excludes), globals, privileges })
  const view = viewedIn(to, scope)
  const made = [...others]
  if (surround !== undefined) {
    made.push(...(await surround(outsideTexts(to.facts, schemas, (id) => view.has(id)))))
    from = await readCatalog(empty)
  }
  const outside = new Map(
    [...outsideReferences(to.facts, schemas, (id) => view.has(id))].filter(
      ([schema]) => !made.includes(schema),
    ),
  )
  const [first] = outside
  if (first !== undefined) {
    const [schema, reference] = first
    const all = [...schemas, ...outside.keys()].join(',')
    throw new MigError(
      'schema-outside',
      `${objectName(reference.from)} refers to ${objectName(reference.to)}, and schema ${schema} is not one of the schemas to manage (${schemas.join(', ')})`,
      {
        help: `add it: npx just-mig init ${all}; then exclude in env.ts what others own there`,
        facts: { schemas: [...outside.keys()] },
      },
    )
  }
  // There are no rows to lose.
  const casts = { using: {}, recreate: ['*'] }
  const { actions } = await searchStatements({ client: empty, from, to, scope, first: [], casts })
  return actions
}

/** A sequence goes with the table that owns it. */
function withSequences({ facts }: Catalog, excludes: Excludes): Excludes {
  const left = new Set(
    facts.facts().flatMap(({ id, payload }) => {
      const owner = payload.ownedBy as { schema: string; table: string } | null | undefined
      if (id.kind !== 'sequence' || owner == null) return []
      const isLeft = excludes({ kind: 'table', schema: owner.schema, name: owner.table })
      return isLeft ? [`${id.schema}.${id.name}`] : []
    }),
  )
  return (object) =>
    excludes(object) || (object.kind === 'sequence' && left.has(`${object.schema}.${object.name}`))
}
