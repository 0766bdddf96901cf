import {
  type Action,
  baseObject,
  idKey,
  type ObjectId,
  relationOf,
  schemaOf,
} from '../../difference/index.ts'

/** What a revision's upgrade has to do with objects that it does not make. */
export interface References {
  /** What it refers to in schemas of other lines. */
  readonly needs: readonly ObjectId[]
  /** What it changes or refers to in its own schema, which a history that was imported may have in another line. */
  readonly own: readonly ObjectId[]
  /** What it drops or renames of its own schema, which revisions of other lines may have referred to. */
  readonly drops: readonly ObjectId[]
}

/** What the actions of one line refer to, and what they drop for good. */
export function referencesOf(actions: readonly Action[], ownSchema: string): References {
  const made = new Set(actions.flatMap(({ produces }) => produces.map(idKey)))
  const isOwn = (id: ObjectId) => schemaOf(id) === ownSchema
  const used = actions
    .flatMap(({ consumes, needs }) => [...consumes, ...needs].map(baseObject))
    .filter((id) => schemaOf(id) !== undefined && id.kind !== 'schema' && !made.has(idKey(id)))
  const [needs, own] = [used.filter((id) => !isOwn(id)), used.filter(isOwn)]
  const drops = actions.flatMap(({ destroys }) => destroys.filter((id) => isOwn(id) && !made.has(idKey(id))))
  return { needs: distinct(needs), own: distinct(own), drops: withoutParts(distinct(drops)) }
}

function distinct(ids: readonly ObjectId[]): readonly ObjectId[] {
  return [...new Map(ids.map((id) => [idKey(id), id])).values()]
}

/** What goes with a table that goes is not named for itself. */
function withoutParts(ids: readonly ObjectId[]): readonly ObjectId[] {
  const relations = new Set(ids.filter((id) => !('table' in id)).map((id) => relationKey(id)))
  return ids.filter((id) => !('table' in id) || !relations.has(relationKey(id)))
}

function relationKey(id: ObjectId): string {
  const relation = relationOf(id)
  return relation === undefined ? '' : `${relation.schema}\0${relation.name}`
}
